import Measurement

/// What the runs show, as the few facts on which rules decide.
struct Observations: Sendable {
    let evidence: Evidence
    /// Undisturbed runs without PMIs that deviate, but for `foreignWindows`.
    let inexactUninterrupted: [RunRecord]
    /// Runs without PMIs of their own that lack no more than interrupted runs lose at one PMI, a minority: somebody
    /// else's PMI, such as the NMI watchdog's, froze the counters in them (kernel-and-rr.md 1.3, 4).
    let foreignWindows: [RunRecord]
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
    private let shortestPeriod: UInt64

    init(_ evidence: Evidence) {
        self.evidence = evidence
        let uninterrupted = evidence.uninterrupted
        let interrupted = evidence.interrupted
        let bystanders = interrupted.filter(\.arm.hasBystander)
        samplerDeviates = interrupted.filter { ($0.samplerDeficit ?? 0) != 0 }
        bystanderDeviates = bystanders.filter { $0.deviation != 0 }
        unequalPairs = bystanders.filter {
            $0.arm == .besideSameEvent && $0.deviation != 0 && $0.samplerDeviation != $0.deviation
        }
        let inexact = uninterrupted.filter { $0.deviation != 0 }
        let isForeign =
            unequalPairs.isEmpty && !bystanderDeviates.isEmpty
            && Self.areForeignWindows(inexact, of: uninterrupted.count, beside: interrupted, evidence)
        foreignWindows = isForeign ? inexact : []
        inexactUninterrupted = isForeign ? [] : inexact
        ledgerDeviates = evidence.ledgers.filter { run in
            run.samplerDeficit == 0 && run.ledger.contains { ($0.lossSoFar ?? 0) != 0 }
        }
        let shortest = Self.shortestUnambiguousPeriod(evidence)
        let counted = interrupted.filter { ($0.period ?? 0) >= shortest }
        missingPMIs = counted.filter { ($0.missingPMIs ?? 0) > 0 }
        extraPMIs = counted.filter { ($0.missingPMIs ?? 0) < 0 }
        shortestPeriod = shortest
    }

    /// Most interrupted runs lose counts, and none gains any; a few of the uninterrupted ones lose at most one window.
    private static func areForeignWindows(
        _ inexact: [RunRecord], of uninterrupted: Int, beside interrupted: [RunRecord], _ evidence: Evidence
    ) -> Bool {
        guard !inexact.isEmpty, inexact.count * 4 < uninterrupted,
            interrupted.allSatisfy({ $0.readingDeviation >= 0 }),
            interrupted.count(where: \.deviates) * 2 > interrupted.count
        else { return false }
        let largestWindow = evidence.ledgers.flatMap(\.interiorLosses).max() ?? 0
        return inexact.allSatisfy { (1...max(1, largestWindow)).contains($0.deviation) }
    }

    /// Loss between consecutive PMIs, sorted, over all ledgers. Made when asked for: most diagnoses find nothing.
    var interiorLosses: [Int64] { Statistics.sorted(evidence.ledgers.flatMap(\.interiorLosses)) }

    /// Apparent skids over all ledgers at unambiguous periods, sorted.
    var apparentSkids: [UInt64] {
        evidence.ledgers.filter { ($0.period ?? 0) >= shortestPeriod }.flatMap(\.apparentSkids).sorted()
    }

    /// Below this period a second overflow can come before the first one's PMI: the two are one interrupt, and the
    /// kernel counts rightly without a sample of its own. Four times the largest skid seen where there can be no doubt
    /// of it, at the longest period of a ledger (arm C's periods are longer, and its ledgers tell no skid).
    static func shortestUnambiguousPeriod(_ evidence: Evidence) -> UInt64 {
        guard evidence.source != .breakpoint else { return 1 }  // a breakpoint overflows at the very instruction
        let longest = evidence.ledgers.compactMap(\.period).max() ?? 0
        var skid: UInt64 = 0
        for run in evidence.ledgers where run.period == longest && longest > 0 {
            for row in run.ledger { skid = max(skid, row.counted % longest) }
        }
        // A kept report may hold any number.
        let shortest = max(skid, evidence.skidLimit.map { min($0, 100) } ?? 100).multipliedReportingOverflow(by: 4)
        return shortest.overflow ? .max : shortest.partialValue
    }

    var uninterruptedIsExact: Bool { inexactUninterrupted.isEmpty && !evidence.uninterrupted.isEmpty }
}
