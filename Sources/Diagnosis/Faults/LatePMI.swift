import Measurement

extension KnownFault {
    /// A certain skid above rr's limit for this CPU (rr issue 2720), in runs whose counts are exact. Beyond a missing
    /// overflow no skid is certain (``Ledger/skids``): a skid longer than a period is a missing PMI.
    static let latePMI = KnownFault(
        .latePMI, .interrupts, needs: [.ledgers],
        probes: ["skid"],
        signature: { scene in
            guard let limit = scene.evidence.skidLimit else { return .notShown }
            let bound = Int64(clamping: limit)
            // Where counts are off, what is left over of a period is not the skid alone.
            let telling = scene.ledgers.filter { run in
                (run.record.period ?? 0) > 4 * limit && run.record.ledger?.deviating == 0
            }
            let runs = telling.filter { $0.record.ledger?.skids.contains { $0 > bound } ?? false }
            var skids = Histogram()
            for run in telling { if let ledger = run.record.ledger { skids.merge(ledger.skids) } }
            let late = skids.filter { $0 > bound }
            guard let size = FaultSize(late) else { return .notShown }
            let summary = SkidSummary(skids, limit: limit).map { ["skid: \($0.sentence)"] } ?? []
            return .shown(
                Signature.Shown(
                    runs: runs, per: .pmi, direction: .late, size: size,
                    frequency: Frequency(late.total, of: skids.total, per: .pmi),
                    mechanism:
                        "The interrupt came later after the overflow than rr allows for on this CPU; counts are not affected.",
                    evidence: [
                        "\(runs.count) of \(telling.count) runs have a skid above rr's limit of \(Figures.grouped(limit))"
                    ]
                        + summary,
                    alternatives: [
                        Signature.Alternative(
                            Fault.lostPMI.rawValue, because: "these PMIs came, and before the next overflow",
                            runs: runs.count, need: .ledgers),
                        Signature.Alternative(
                            "a count that jumps by itself",
                            because: "the program's own registers show that it was that far beyond the overflow",
                            runs: runs.count, need: .ledgers),
                    ]))
        },
        advice: VendorText(
            "rr may overshoot its targets here. Report the CPU and its skid distribution to the rr project.",
            [
                .amd:
                    "Zen's PMIs come hundreds to thousands of branches late, and some beyond rr's limit (rr issue 2720). Try another kernel, and add this skid distribution to that issue."
            ]),
        explanation: FaultExplanation(
            .latePMI,
            "the interrupt comes later after its overflow than rr allows for on this CPU",
            happens: [
                "Between the overflow and the interrupt the program goes on: on Intel for some 10 to 40 branches,"
                    + " on AMD's Zen for thousands. Counts are right; only the stop is late. rr overshoots its target,"
                    + " warns while recording, and gives up or retries at replay.",
                "rr's limit is a constant in its table: 100 or 125 on Intel, 10,000 on Zen, where rr itself calls"
                    + " the skid unbounded. rr never measures the skid.",
            ],
            since: "Reported of Zen 2 with Linux 5.8.10 and later, and with RHEL's 4.18; the cause is not understood.",
            places: Places(
                cpus: "AMD Zen (of a million PMIs of a Zen 2 the mean was 1,496 branches and the most 5,043):"
                    + " Threadripper 3990X, Ryzen 3900X, Ryzen 6800U, EPYC; Westmere once.",
                kernels: "Some are worse than others: 5.8.10 and later, RHEL 4.18."),
            signature:
                "Skids in the ledger above rr's limit, at periods of more than four times that limit, with every count"
                + " exact. The report gives the distribution of the skid.",
            advice: [
                "If replays fail with an overshoot, record with rr on another CPU or kernel.",
                "Report CPU, kernel and the report's skid to rr issue 2720. Raising rr's limit to 30,000 worked"
                    + " there, and was very slow.",
            ],
            mistakenFor: [
                Confusion(
                    "lost-pmi", "there, the interrupt never comes, and the next one comes a whole period later"),
                Confusion(
                    "freeze-on-pmi", "there, the skid is ordinary and counts are low"),
                Confusion(
                    "throttled", "there, the event stands still and counts are low"),
            ],
            references: Reference.cited(
                "rr issue 2720", "rr issue 2834", "rr issue 2615", "amd_pmu_adjust_nmi_window", "df4d29732fda",
                "a skid limit for each")))
}
