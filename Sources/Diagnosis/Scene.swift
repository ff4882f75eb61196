import Measurement

/// What a signature looks at: the four arms, or the runs under one condition, which the arms are held against.
struct Scene: Sendable {
    /// Nil for the four arms.
    let condition: Condition.Kind?
    /// All that was measured, without the runs that a more basic fault has explained.
    let evidence: Evidence
    /// The undisturbed runs that are judged here.
    let runs: [Run]
    /// Those of `runs` without PMIs of their own, and those with.
    let uninterrupted: [Run]
    let withPMIs: [Run]
    let ledgers: [Run]
    /// Undisturbed runs whose overflowing counter deviates.
    let samplerDeviates: [Run]
    /// Undisturbed runs whose bystander deviates.
    let bystanderDeviates: [Run]
    /// Runs with a bystander of the same event in which both deviate, but by different amounts.
    let unequalPairs: [Run]
    /// Undisturbed runs without PMIs that deviate, but for `foreignWindows`.
    let inexactUninterrupted: [Run]
    /// Runs without PMIs of their own that lack no more than runs with PMIs lose at one, a minority: somebody else's PMI,
    /// such as the NMI watchdog's, froze the counters in them.
    let foreignWindows: [Run]

    /// The four arms.
    init(_ evidence: Evidence) { self.init(nil, evidence, evidence.undisturbed) }

    /// The runs under one condition.
    init(_ condition: Condition.Kind, _ evidence: Evidence, _ runs: [Run]) {
        self.init(.some(condition), evidence, runs)
    }

    private init(_ condition: Condition.Kind?, _ evidence: Evidence, _ runs: [Run]) {
        self.condition = condition
        self.evidence = evidence
        self.runs = runs
        uninterrupted = runs.filter { !$0.record.arm.samples }
        withPMIs = runs.filter { $0.record.arm.samples }
        ledgers = withPMIs.filter { $0.record.hasPositions }
        samplerDeviates = withPMIs.filter { ($0.record.samplerDeficit ?? 0) != 0 }
        bystanderDeviates = withPMIs.filter { $0.record.arm.hasBystander && $0.record.deviation != 0 }
        unequalPairs = bystanderDeviates.filter {
            $0.record.arm == .besideSameEvent && $0.record.samplerDeviation != $0.record.deviation
        }
        let inexact = uninterrupted.filter { $0.record.deviation != 0 }
        let isForeign =
            condition == nil && unequalPairs.isEmpty && !bystanderDeviates.isEmpty
            && Self.areForeignWindows(inexact, of: uninterrupted.count, beside: withPMIs, ledgers)
        foreignWindows = isForeign ? inexact : []
        inexactUninterrupted = isForeign ? [] : inexact
    }

    /// Most runs with PMIs lose counts, and none gains any; a few of the uninterrupted ones lose at most one window.
    private static func areForeignWindows(
        _ inexact: [Run], of uninterrupted: Int, beside withPMIs: [Run], _ ledgers: [Run]
    ) -> Bool {
        guard !inexact.isEmpty, inexact.count * 4 < uninterrupted,
            withPMIs.allSatisfy({ $0.record.firstDeviation >= 0 }),
            withPMIs.count(where: \.record.deviates) * 2 > withPMIs.count
        else { return false }
        let largestWindow = ledgers.compactMap { $0.record.ledger?.losses.max }.max() ?? 0
        return inexact.allSatisfy { (1...max(1, largestWindow)).contains($0.record.deviation) }
    }

    /// Whether runs without PMIs were made, and are exact. Of the arms where a condition is judged.
    var uninterruptedIsExact: Bool {
        guard condition != nil else { return inexactUninterrupted.isEmpty && !uninterrupted.isEmpty }
        return !evidence.uninterrupted.isEmpty
    }

    /// All undisturbed runs beside which chance is reckoned: those of the arms, and those judged here.
    var population: [Run] { condition == nil ? runs : evidence.undisturbed + runs }

    /// Loss from one PMI to the next, over all ledgers.
    var losses: Histogram { merged { $0.losses } }
    /// Certain skids over all ledgers at unambiguous periods, and what the counters believed.
    var skids: Histogram { merged { $0.skids } }
    var apparentSkids: Histogram { merged { $0.apparentSkids } }

    private func merged(_ part: (Ledger) -> Histogram) -> Histogram {
        var all = Histogram()
        for run in ledgers { if let ledger = run.record.ledger { all.merge(part(ledger)) } }
        return all
    }

    /// Runs whose period tells one overflow from the next, and the PMIs that they lack or have too many.
    var overflows: [(run: Run, missing: Int64)] {
        let shortest = evidence.shortestUnambiguousPeriod
        return withPMIs.compactMap { run in
            guard (run.record.period ?? 0) >= shortest, let missing = run.record.missingPMIs else { return nil }
            return (run, missing)
        }
    }
}
