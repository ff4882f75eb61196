import Measurement

extension KnownFault {
    /// PMIs that are missing where the period was changed while the event was enabled (rr check_for_ioc_period_bug).
    static let periodIgnored = KnownFault(
        .periodIgnored, .interrupts, needs: [.totals], under: .these([.periodChange]),
        signature: { scene in
            guard scene.condition != nil else { return .notShown }
            let missing = scene.overflows.filter { $0.missing > 0 }
            let shown = Signature.Shown(
                missingPMIs: missing.map { ($0.run, $0.missing) }, of: scene.runs.count,
                mechanism: "A period that is set while the event is enabled takes effect only after the next overflow.",
                evidence: conditionEvidence(scene, missing.map(\.run)), alternatives: [.everyRun(scene)])
            return shown.map(Signature.shown) ?? .notShown
        },
        advice: "Open a new event for a new period, as rr does on old kernels.",
        explanation: FaultExplanation(
            .periodIgnored,
            "a new period takes effect only after the next overflow of the old one",
            happens: [
                "A tracer changes the period of a running counter with PERF_EVENT_IOC_PERIOD. Kernels with this"
                    + " fault keep the old period until its overflow comes: an interrupt that was due in 1,000 branches"
                    + " comes after millions.",
                "rr checks for it at startup, and where it finds it opens a new event each time instead. A kernel"
                    + " that refuses a period as too short (since about Linux 6.11 below 32 on Haswell, EINVAL) is a"
                    + " different matter, and no miscount.",
            ],
            since: "Old kernels, by rr's check; the exact versions are not known here.",
            places: Places(
                kernels: "Old ones."),
            condition: Condition(.periodChange),
            signature:
                "A sampler that is given a shorter period while it is enabled takes its first PMI at the old period.",
            advice: [
                "Open a new event for a new period, as rr does.",
                "Run a newer kernel.",
            ],
            mistakenFor: [
                Confusion(
                    "lost-pmi",
                    "there, the interrupt is missing at one overflow, without a change of the period before it"),
                Confusion(
                    "migration-loss", "there, the interval is twice the period, after a change of the CPU"),
            ],
            references: Reference.cited("check_for_ioc_period_bug", "rr issue 3848")))
}
