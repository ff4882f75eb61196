import Measurement

extension KnownFault {
    /// More PMIs than the sampler's own total calls for, in runs whose totals are exact and whose ledgers have rows at the
    /// same place twice. The x86 handler of AMD waits for late NMIs of this kind (amd_pmu_adjust_nmi_window).
    static let duplicatePMI = KnownFault(
        .duplicatePMI, .interrupts, needs: [.totals, .ledgers],
        probes: ["pmi-count"],
        signature: { scene in
            let counted = scene.overflows
            let extra = counted.filter {
                $0.missing < 0 && !$0.run.record.deviates && ($0.run.record.ledger?.repeated ?? 0) > 0
            }
            guard !extra.isEmpty else { return .notShown }
            let runs = extra.map(\.run)
            let twice = UInt64(extra.reduce(0) { $0 - $1.missing })
            let taken = counted.reduce(0) { $0 + $1.run.record.pmis }
            let first = runs[0].record
            return .shown(
                Signature.Shown(
                    runs: runs, per: .pmi, direction: .twice, size: FaultSize(min: 1, median: 1, max: 1, mean: 1),
                    frequency: Frequency(twice, of: taken, per: .pmi),
                    mechanism: "One overflow raises two interrupts: both find the counter at the same place.",
                    evidence: [
                        "\(runs.count) of \(counted.count) runs took more PMIs than the counter's own total has overflows",
                        "\(runs.reduce(0) { $0 + ($1.record.ledger?.repeated ?? 0) }) rows of their ledgers are at the same place as the row before",
                        "the first: \(first.workload), period \(Figures.grouped(first.period ?? 0)), \(Figures.grouped(first.pmis)) PMIs, \(Figures.grouped(extra[0].missing.magnitude)) too many",
                    ],
                    alternatives: [
                        Signature.Alternative(
                            Fault.pmiSurplus.rawValue, because: "the totals of these runs are exact", runs: runs.count,
                            need: .totals),
                        Signature.Alternative(
                            "overflows that share a PMI",
                            because: "those make PMIs fewer, and the period is longer than four skids",
                            runs: runs.count,
                            need: .ledgers),
                    ]))
        },
        advice:
            "Do not rely on the number of interrupts here; the counts themselves are right unless another finding says otherwise. Report kernel, CPU and hypervisor.",
        explanation: FaultExplanation(
            .duplicatePMI,
            "one overflow raises more than one interrupt",
            happens: [
                "There are more PMIs than the count divided by the period. Counts may be right, but a program that"
                    + " counts interrupts, or stops at one, sees an event that did not happen."
            ],
            since: "No case in the field is known: of 1,000,000 interrupts measured on a Zen 2, none was early, lost or"
                + " doubled. truecount looks for it because the ledger shows it at no extra cost.",
            places: Places(),
            signature: "More samples than the total allows; in the ledger, two rows within one period.",
            advice: [
                "Report kernel, CPU and hypervisor with the JSON report."
            ],
            mistakenFor: [
                Confusion(
                    "pmi-surplus", "there, counts are high, and the number of interrupts follows them"),
                Confusion(
                    "period-ignored", "there, interrupts come at another period than the one requested"),
            ],
            references: Reference.cited("amd_pmu_adjust_nmi_window", "docs/method.md")))
}
