import Measurement

extension KnownFault {
    /// Runs without PMIs that deviate in no way that a more basic signature knows. Only events that are exact without
    /// interrupts can be compared (Weaver, ISPASS 2013).
    static let inexactUninterrupted = KnownFault(
        .inexactUninterrupted, needs: [.uninterrupted], under: .these([.largeCount]),
        probes: ["uninterrupted-exactness"],
        signature: { scene in
            let runs = scene.condition == nil ? scene.inexactUninterrupted : scene.runs.filter(\.record.isInexact)
            let shown = Signature.Shown(
                perRun: runs, of: scene.uninterrupted.count, deviation: { $0.record.deviation },
                mechanism: scene.condition == nil
                    ? "Counts deviate without any PMI: this event is not deterministic here, or it is not the event it should be."
                    : "Counts deviate without any PMI, but so rarely that it takes billions of branches to show.",
                evidence: [
                    "\(runs.count) of \(scene.uninterrupted.count) uninterrupted runs deviate"
                ] + first(runs),
                alternatives: [
                    .noPMI(scene),
                    Signature.Alternative(
                        "lock-surplus, cpuid-loss, kernel-leak",
                        because:
                            "the deviations are not confined to one kind of workload, nor as regular as interrupts",
                        runs: scene.evidence.uninterrupted.count, need: .uninterrupted),
                ] + Signature.Alternative.smi(runs) + [.disturbance(runs)])
            return shown.map(Signature.shown) ?? .notShown
        },
        advice: VendorText(
            "Check that the event is the retired conditional branch of this CPU (truecount info); in a guest, ask the host.",
            [
                .amd:
                    "On Zen to Zen 3 AMD's erratum 1292 lets this event overcount, and Linux has no workaround: see by several diagnoses how often. Elsewhere check the event (truecount info); in a guest, ask the host."
            ]),
        explanation: FaultExplanation(
            .inexactUninterrupted,
            "counts deviate although nothing interrupts",
            happens: [
                "The closed form of the machine code gives one number and the counter another, without any PMI. The"
                    + " event is not deterministic on this CPU, or it is not the event it should be, or something else"
                    + " adds to it. On top of that nothing can be said about PMIs.",
                "Few events are exact. Conditional branches mostly are; retired instructions and all branches gain"
                    + " one at each interrupt and page fault on every x86 that was examined.",
            ],
            since: "Always; a property of the CPU or the hypervisor, rarely of the kernel.",
            places: Places(
                cpus: "Zen to Zen 3 by AMD's erratum 1292 (size not stated; Linux has no workaround); Westmere and part"
                    + " of the Silvermont family (plus one per run); Cortex-A55, A75, Neoverse E1 (ISB counted as a"
                    + " branch), Cortex-A520 (occasionally); Apple M-series (plus one in 28.6 million, once). Intel's event"
                    + " lists name errata for this event: SKL091 (Skylake to Comet Lake), MTL013 and ARL011 (Crestmont"
                    + " in Meteor and Arrow Lake), SRF7 (Sierra Forest: far calls, jumps and returns, IRET and VM"
                    + " entries count too much).",
                hypervisors: "Any whose virtual PMU counts the host's work."),
            signature: "A run of arm A that differs from the closed form, in either direction.",
            advice: [
                "truecount info shows which event is counted, and from which table; name another one with --event.",
                "Check the closed forms on this machine: truecount verify.",
                "In a guest, diagnose on the host too.",
                "On Zen to Zen 3 counts are right by AMD's own workaround for erratum 1292 alone: PERF_CTL2 with bit 43 set"
                    + " and bit 20 clear, so without interrupts. Linux does not do it.",
            ],
            mistakenFor: [
                Confusion(
                    "wrong-event", "there, the deviation is a fixed share of the branches"),
                Confusion(
                    "smi-surplus", "there, few runs are far too high, and MSR_SMI_COUNT moved in them"),
                Confusion(
                    "kernel-leak", "there, only workloads that enter the kernel deviate"),
                Confusion(
                    "lock-surplus", "there, only the workload of locked instructions deviates"),
            ],
            references: Reference.cited(
                "ISPASS 2013", "AMD erratum 1292", "#1292", "rr issue 2448", "rr issue 2615", "rr issue 3649",
                "rr commit 572d62f4", "kvm-unit-tests", "SRF7", "errata of this event")))
}
