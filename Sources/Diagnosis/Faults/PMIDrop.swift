import Measurement

extension KnownFault {
    /// The sampled counter is low and counters beside it are exact: its reload loses counts, and nothing was frozen.
    static let pmiDrop = KnownFault(
        .pmiDrop, needs: [.uninterrupted, .bystanders, .totals], under: .these([.branchStack, .precise]),
        probes: ["pmi-totals", "pmi-ledger"], place: "on the sampled counter only",
        signature: { scene in
            guard scene.uninterruptedIsExact, scene.bystanderDeviates.isEmpty else { return .notShown }
            let low = scene.samplerDeviates.filter { ($0.record.samplerDeficit ?? 0) > 0 }
            guard low.count == scene.samplerDeviates.count else { return .notShown }
            let bystanders = scene.evidence.bystanders.count
            let shown = Signature.Shown(
                perPMI: low, in: scene, direction: .lost, deficit: { $0.record.samplerDeficit ?? 0 },
                mechanism: scene.condition == nil
                    ? "The counter that overflows loses counts when it is read and reloaded; counters beside it lose none."
                    : "The counter that overflows loses counts, but only with branch stacks or precise samples.",
                evidence: scene.condition == nil ? deficitEvidence(scene, low) : conditionEvidence(scene, low),
                alternatives: [
                    Signature.Alternative(
                        Fault.freezeOnPMI.rawValue,
                        because: "\(bystanders) bystanders beside a sampler counted every branch", runs: bystanders,
                        need: .bystanders),
                    scene.condition == nil ? .inexactUninterrupted(scene) : .everyRun(scene), .disturbance(low),
                ])
            return shown.map(Signature.shown) ?? .notShown
        },
        advice: "Count with an event that does not sample, and report the kernel and CPU.",
        explanation: FaultExplanation(
            .pmiDrop,
            "the counter that overflows loses counts at its PMI; counters beside it lose none",
            happens: [
                "At a PMI the kernel stops the counter that overflowed, reads it, loads it for the next period and"
                    + " starts it again. If counts are lost in these steps, only this counter is low: in its total and"
                    + " its ledger, but not on the bystander.",
                "A freeze cannot look like this: it stops every counter of the CPU.",
            ],
            since: "No kernel or CPU is known to do this. truecount can distinguish it from a freeze, so it has its own"
                + " name.",
            places: Places(),
            signature:
                "A deficit on the sampled counter that grows with the number of PMIs, in its total and from row to row"
                + " of the ledger; every bystander exact.",
            advice: [
                "Count with an event that does not sample, beside one that does.",
                "Report kernel, CPU and hypervisor with the JSON report: it holds every run and every PMI.",
            ],
            mistakenFor: [
                Confusion(
                    "freeze-on-pmi", "there, bystanders lose as much"),
                Confusion(
                    "lost-pmi", "there, interrupts are missing and counts are right"),
                Confusion(
                    "throttled", "there, the event stands still until the next tick, and THROTTLE records say so"),
            ],
            references: Reference.cited("docs/method.md", "10 November 2020")))
}
