import Measurement

/// Question: how late do PMIs come, and is that within what rr allows for on this CPU? Method: reads the ledgers of arms
/// B and D: skid is the apparent skid plus what was lost at that PMI. Expected: every one at or below rr's limit
/// (kernel-and-rr.md 2.2), where it has one. Verdict rule: an apparent skid beyond the limit, at periods longer than four
/// of it, is a finding (late-pmi); a distribution is none.
struct SkidQuantiles: Probe {
    let id = "skid"
    let question = "How late do PMIs come, and is that within rr's limit for this CPU?"
    let title = "skid"

    func omission(_ schedule: Schedule) -> String? { schedule.needsCorePMU }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        let runs = evidence.ledgers
        guard !runs.isEmpty, let skid = SkidSummary(evidence) else { return .skipped("no ledger tells") }
        let quantiles = [
            ("median", skid.median), ("p90", skid.percentile90 ?? skid.max), ("p99", skid.percentile99),
            ("p99.9", skid.percentile999 ?? skid.max), ("most", skid.max),
        ]
        let figures = quantiles.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        guard let limit = evidence.skidLimit else {
            return ProbeConclusion(outcome: .clean, answer: figures, runs: runs)
        }
        let late = runs.filter { run in (run.period ?? 0) > 4 * limit && run.apparentSkids.contains { $0 > limit } }
        return ProbeConclusion(
            outcome: late.isEmpty ? .clean : .finding,
            answer: "\(late.isEmpty ? "within" : "beyond") rr's \(limit): \(figures)", runs: runs)
    }
}
