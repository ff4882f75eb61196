import Measurement

/// What the runs show, as the few facts on which rules decide.
struct Observations: Sendable {
    let evidence: Evidence
    /// Undisturbed runs without PMIs that deviate.
    let inexactUninterrupted: [RunRecord]
    /// Undisturbed runs whose overflowing counter deviates.
    let samplerDeviates: [RunRecord]
    /// Undisturbed runs whose bystander deviates.
    let bystanderDeviates: [RunRecord]
    /// Runs with a bystander of the same event in which both deviate, but by different amounts.
    let unequalPairs: [RunRecord]
    /// Runs whose totals are exact while a row of their ledger is not.
    let ledgerDeviates: [RunRecord]
    /// Runs with fewer PMIs than the sampler's own total calls for, at periods that make that certain.
    let missingPMIs: [RunRecord]
    /// Runs with more of them.
    let extraPMIs: [RunRecord]
    /// Loss between consecutive PMIs, sorted, over all ledgers.
    let interiorLosses: [Int64]
    /// Apparent skids over all ledgers at unambiguous periods, sorted.
    let apparentSkids: [UInt64]

    init(_ evidence: Evidence) {
        self.evidence = evidence
        inexactUninterrupted = evidence.uninterrupted.filter { $0.deviation != 0 }
        samplerDeviates = evidence.interrupted.filter { ($0.samplerDeficit ?? 0) != 0 }
        bystanderDeviates = evidence.bystanders.filter { $0.deviation != 0 }
        unequalPairs = evidence.bystanders.filter {
            $0.arm == .besideSameEvent && $0.deviation != 0 && $0.samplerDeviation != $0.deviation
        }
        ledgerDeviates = evidence.ledgers.filter { run in
            run.samplerDeficit == 0 && run.ledger.contains { ($0.lossSoFar ?? 0) != 0 }
        }
        let shortest = Self.shortestUnambiguousPeriod(evidence)
        let counted = evidence.interrupted.filter { ($0.period ?? 0) >= shortest }
        missingPMIs = counted.filter { ($0.missingPMIs ?? 0) > 0 }
        extraPMIs = counted.filter { ($0.missingPMIs ?? 0) < 0 }
        interiorLosses = evidence.ledgers.flatMap(\.interiorLosses).sorted()
        apparentSkids = evidence.ledgers.filter { ($0.period ?? 0) >= shortest }.flatMap(\.apparentSkids).sorted()
    }

    /// Below this period a second overflow can come before the first one's PMI: the two are one interrupt, and the
    /// kernel counts rightly without a sample of its own. Four times the largest skid seen where there can be no doubt
    /// of it, at the longest period of a ledger (arm C's periods are longer, and its ledgers tell no skid).
    static func shortestUnambiguousPeriod(_ evidence: Evidence) -> UInt64 {
        guard evidence.source != .breakpoint else { return 1 }  // a breakpoint overflows at the very instruction
        let longest = evidence.ledgers.compactMap(\.period).max() ?? 0
        let skid = evidence.ledgers.filter { $0.period == longest }.flatMap(\.apparentSkids).max() ?? 0
        return 4 * max(skid, evidence.skidLimit.map { min($0, 100) } ?? 100)
    }

    var uninterruptedIsExact: Bool { inexactUninterrupted.isEmpty && !evidence.uninterrupted.isEmpty }
}
