import Measurement

/// What the runs of a report show, as points to draw. The runs are those on which findings rest: undisturbed, without
/// the control's and without those under a condition.
public struct EvidencePoints: Sendable {
    /// What one counter of one run missed.
    public struct Deficit: Sendable, Hashable {
        public var pmis: UInt64
        /// Expected minus counted.
        public var counts: Int64
    }

    /// One row of a ledger.
    public struct Loss: Sendable, Hashable {
        /// Number of the PMI in its run, from 1.
        public var pmi: UInt64
        /// Counts missing up to this PMI; negative for a surplus.
        public var counts: Int64

        public init(pmi: UInt64, counts: Int64) {
            self.pmi = pmi
            self.counts = counts
        }
    }

    /// Counters that overflowed, one point a run.
    public let overflowing: [Deficit]
    /// Counters that did not, beside them.
    public let bystanders: [Deficit]
    /// Runs without a PMI of their own.
    public let uninterrupted: [Deficit]
    /// The line through `overflowing`, by least squares; nil where all runs took as many PMIs.
    public let slope: (perPMI: Double, perRun: Double)?
    /// One for each run whose ledger tells true position and count, in the order of the runs.
    public let ledgers: [[Loss]]
    /// Of all PMIs whose period is long enough to tell one overflow from the next, sorted.
    public let skids: [Int64]

    /// - Parameter skidLimit: Counts that rr allows for on this CPU, where known.
    public init(runs: [RunRecord], source: CounterSource, skidLimit: UInt64?) {
        let evidence = Evidence(runs: runs, source: source, skidLimit: skidLimit)
        overflowing = evidence.interrupted.compactMap { run in
            run.samplerDeficit.map { Deficit(pmis: run.pmis, counts: $0) }
        }
        bystanders = evidence.bystanders.map { Deficit(pmis: $0.pmis, counts: $0.deviation) }
        uninterrupted = evidence.uninterrupted.map { Deficit(pmis: 0, counts: $0.deviation) }
        slope = Statistics.line(through: overflowing.map { (x: Double($0.pmis), y: Double($0.counts)) })
            .map { ($0.slope, $0.intercept) }
        let runsWithLedger = evidence.ledgers
        ledgers = runsWithLedger.map { run in
            run.ledger.compactMap { row in row.lossSoFar.map { Loss(pmi: row.index, counts: $0) } }
        }
        let shortest = Observations.shortestUnambiguousPeriod(evidence)
        skids = runsWithLedger.filter { ($0.period ?? 0) >= shortest }.flatMap(\.skids).sorted()
    }

    /// "slope 10.03 per PMI, intercept -4.41 per run", as findings write it.
    public var slopeText: String? {
        slope.map { "slope \(decimal($0.perPMI)) per PMI, intercept \(decimal($0.perRun)) per run" }
    }
}
