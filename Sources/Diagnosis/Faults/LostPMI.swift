import Measurement

extension KnownFault {
    /// Fewer PMIs than the sampler's own total calls for, at periods that make it certain (rr issues 3607 and 3601).
    static let lostPMI = KnownFault(
        .lostPMI, .interrupts, needs: [.totals],
        probes: ["pmi-count"],
        signature: { scene in
            let counted = scene.overflows
            let missing = counted.filter { $0.missing > 0 }
            guard !missing.isEmpty else { return .notShown }
            let runs = missing.map(\.run)
            let lost = UInt64(missing.reduce(0) { $0 + $1.missing })
            let taken = counted.reduce(0) { $0 + $1.run.record.pmis }
            let first = runs[0].record
            let alone = runs.count { $0.record.arm == .samplerTotal }
            return .shown(
                Signature.Shown(
                    runs: runs, per: .pmi, direction: .missing, size: FaultSize(min: 1, median: 1, max: 1, mean: 1),
                    frequency: Frequency(lost, of: taken + lost, per: .pmi),
                    mechanism:
                        "The counter passed its period and went on counting, but the interrupt for it never came.",
                    evidence: [
                        "\(runs.count) of \(counted.count) runs took fewer PMIs than the counter's own total has overflows",
                        "the first: \(first.workload), period \(Figures.grouped(first.period ?? 0)), \(Figures.grouped(first.pmis)) PMIs, \(Figures.grouped(missing[0].missing.magnitude)) missing",
                        "the counter was the only one in \(alone) of these \(runs.count) runs",
                    ],
                    alternatives: [
                        Signature.Alternative(
                            "records-lost", because: "the ring buffer reported no LOST record in these runs",
                            runs: runs.count, need: .totals),
                        Signature.Alternative(
                            Fault.latePMI.rawValue,
                            because: "no late PMI came before the end of these runs",
                            runs: runs.count, need: .totals),
                    ]))
        },
        advice: VendorText(
            "A debugger or profiler that relies on this interrupt overshoots; the counts are right unless another finding says otherwise. Report kernel, CPU and hypervisor.",
            [
                .amd:
                    "If no run lacks a PMI while its counter is the only one, it may be AMD's erratum 1023 (first Zen): overflow interrupts may fail with two or more counters enabled. Count one event at a time, and report kernel, CPU and hypervisor."
            ]),
        explanation: FaultExplanation(
            .lostPMI,
            "a counter passes its period and goes on counting, but the interrupt never comes",
            happens: [
                "The count is right to the last branch, yet there are fewer PMIs than the count divided by the"
                    + " period. A debugger that asked to be stopped there runs on until the next overflow, or for ever.",
                "Three causes are known: a migration between CPUs at the wrong moment, a kernel that drops"
                    + " interrupts taken in the kernel when only user space is sampled, and a driver that never"
                    + " connects the interrupt. A fourth is in AMD's list of errata for the first Zen: with two or more"
                    + " counters enabled, overflow interrupts may fail to be delivered (1023). Nobody is known to have"
                    + " met it; rr has one counter that interrupts.",
            ],
            since:
                "Seen with Linux 5.4, 5.10 and 6.1 on Arm. Interrupts dropped in the kernel: release candidates of 4.11"
                + " or 4.12 (recalled, not verified).",
            places: Places(
                cpus: "Graviton 2 (often), Graviton 3 (rarely); Apple M2 with the events of the M1; AMD's first Zen by"
                    + " erratum 1023.",
                kernels: "5.4, 5.10 and 6.1 on aarch64.",
                hypervisors: "Worse in virtual machines than on metal."),
            signature:
                "The sampler's own total, divided by its period, is larger than the number of samples, and the ring"
                + " reported no lost record. Only periods longer than four skids are judged: below that, two overflows"
                + " may share one interrupt.",
            advice: [
                "Do not rely on a single overflow interrupt for a time limit or a breakpoint; the counts are right"
                    + " unless another finding says otherwise.",
                "Bind the program to one CPU, and diagnose again: if the loss goes away, read truecount explain"
                    + " migration-loss.",
            ],
            mistakenFor: [
                Confusion(
                    "records-lost", "there, the interrupt came but the ring had no room, and the kernel says so"),
                Confusion(
                    "throttled", "there, the kernel stopped the event itself, and says so"),
                Confusion(
                    "late-pmi", "there, the interrupt comes, only late"),
                Confusion(
                    "migration-loss", "the same loss, but only when the CPU changes"),
            ],
            references: Reference.cited(
                "rr issue 3607", "rr issue 3601", "Asahi Linux issue 150", "AMD erratum 1023", "rr issue 2034")))
}
