import Measurement

/// Question: at each single PMI, does the counter stand where the program really is? Method: arm D. Each sample holds
/// the counter's own value and the user registers; the workload's position follows from the registers, and the
/// difference is what went missing up to this very PMI. Expected: counted position equals true position in every row.
/// Verdict rule: one row that differs is a finding.
struct PMILedger: Probe {
    let id = "pmi-ledger"
    let question = "At each PMI, does the counter stand where the program really is?"
    let title = "ledger of single PMIs"

    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan] {
        schedule.ledgerSettings.shuffled(using: &generator).map { plan($0, .samplerTotal, cpu: schedule.cpu) }
    }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        let runs = evidence.ledgers
        let disturbed = evidence.disturbedRuns(in: [.besideSameEvent, .samplerTotal])
        if let nothing = tooLittle(runs, disturbed: disturbed) { return nothing }
        let isExact = runs.allSatisfy { $0.ledger.allSatisfy { ($0.lossSoFar ?? 0) == 0 } }
        let losses = isExact ? [] : Statistics.sorted(runs.flatMap(\.interiorLosses))
        let skid = SkidSummary(evidence).map { "; skid \($0.text)" } ?? ""
        let answer =
            isExact
            ? "yes\(skid)"
            : losses.isEmpty
                ? "no"
                : losses.allSatisfy { $0 >= 0 }
                    ? "each loses \(rangeText(losses))" : "from one to the next the loss is \(rangeText(losses))"
        return ProbeConclusion(
            outcome: isExact ? .clean : .finding, answer: answer, runs: runs, disturbedRuns: disturbed)
    }
}
