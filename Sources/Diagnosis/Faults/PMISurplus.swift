import Measurement

extension KnownFault {
    /// Runs with PMIs are high and runs without are exact (rr check_for_xen_pmi_bug). Single counts that are one too many
    /// here and there, and counts that all counters gain at once, come to runs with PMIs by chance as well: they are the
    /// PMI's only where they fall to it too often.
    static let pmiSurplus = KnownFault(
        .pmiSurplus, needs: [.uninterrupted, .bystanders, .totals],
        probes: ["pmi-totals", "pmi-ledger"],
        signature: { scene in
            let high = scene.withPMIs.filter {
                $0.record.deviation < 0 || ($0.record.samplerDeficit ?? 0) < 0
            }
            guard scene.uninterruptedIsExact, !high.isEmpty,
                !scene.withPMIs.contains(where: { $0.record.deviation > 0 || ($0.record.samplerDeficit ?? 0) > 0 }),
                isOfPMIs(high, scene)
            else { return .notShown }
            let shown = Signature.Shown(
                perPMI: high, in: scene, direction: .gained,
                deficit: { ($0.record.samplerDeficit ?? 0) != 0 ? $0.record.samplerDeficit ?? 0 : $0.record.deviation },
                mechanism: scene.bystanderDeviates.isEmpty
                    ? "The counter that overflows gains counts that no branch made; counters beside it gain none."
                    : "Every counter gains counts that no branch made whenever a PMI is taken.",
                evidence: deficitEvidence(scene, high),
                alternatives: [
                    Signature.Alternative(
                        Fault.smiSurplus.rawValue, because: "runs without PMIs are exact",
                        runs: scene.uninterrupted.count, need: .uninterrupted),
                    .inexactUninterrupted(scene), .disturbance(high),
                ])
            return shown.map(Signature.shown) ?? .notShown
        },
        advice: "In a guest, suspect the hypervisor's virtual PMU (Xen is known for it); report host and guest kernel.",
        explanation: FaultExplanation(
            .pmiSurplus,
            "each PMI adds counts that no branch made",
            happens: [
                "Runs without PMIs are exact; runs with PMIs are high by so much per PMI. The usual cause is a"
                    + " hypervisor that emulates the interrupt or the counter, and counts its own work as the guest's.",
                "rr checks for it at startup, at a single PMI, and refuses to record where it finds it. It checks"
                    + " on Intel only, and sees a surplus but never a deficit.",
            ],
            since: "Known of Xen since 2017.",
            places: Places(
                cpus: "AMD family 15h (Piledriver) counts each interrupt as a branch in event 0xC4; truecount does not"
                    + " use that event.",
                hypervisors: "Xen (HVM guests with its virtual PMU)."),
            signature: "A surplus that grows with the number of PMIs, and none without PMIs.",
            advice: [
                "In a guest, suspect the hypervisor's virtual PMU first, and diagnose on the host too.",
                "No configuration of Xen is known in which rr counts right.",
            ],
            mistakenFor: [
                Confusion(
                    "smi-surplus", "SMIs come at any time, with or without PMIs, and MSR_SMI_COUNT moves"),
                Confusion(
                    "lock-surplus", "there, only the workload of locked instructions is high, with or without PMIs"),
                Confusion(
                    "kernel-leak", "that one needs system calls or page faults, not PMIs"),
            ],
            references: Reference.cited("check_for_xen_pmi_bug", "rr issue 1552", "ISPASS 2013")))
}

/// Whether it is more than chance that only runs with PMIs are high.
private func isOfPMIs(_ high: [Run], _ scene: Scene) -> Bool {
    if !scene.bystanderDeviates.isEmpty {
        // What all counters gain may hit any run, whatever it does.
        let chance = Statistics.chanceOfFalling(high.count, into: scene.withPMIs.count, of: scene.runs.count)
        return chance < Statistics.coincidence
    }
    guard high.allSatisfy({ $0.record.samplerDeficit == -1 }) else { return true }
    // What a counter gains by itself may hit any counter, as often as it counts.
    let samplers = scene.withPMIs.reduce(0.0) { $0 + Double($1.record.samplerTotals?.expected ?? 0) }
    let others = scene.runs.reduce(0.0) { $0 + ($1.record.arm == .samplerTotal ? 0 : Double($1.record.expected)) }
    var chance = 1.0
    for _ in high { chance *= samplers / max(1, samplers + others) }
    return chance < Statistics.coincidence
}
