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
    /// One for each run whose ledger tells true position and count, in the order of the runs: the rows that were kept.
    public let ledgers: [[Loss]]
    /// Certain skids of all PMIs whose period is long enough to tell one overflow from the next.
    public let skids: Histogram

    /// - Parameter skidLimit: Counts that rr allows for on this CPU, where known.
    public init(runs: [RunRecord], source: CounterSource, skidLimit: UInt64?) {
        let evidence = Evidence(runs: runs, source: source, skidLimit: skidLimit)
        overflowing = evidence.withPMIs.compactMap { run in
            run.record.samplerDeficit.map { Deficit(pmis: run.record.pmis, counts: $0) }
        }
        bystanders = evidence.bystanders.map { Deficit(pmis: $0.record.pmis, counts: $0.record.deviation) }
        uninterrupted = evidence.uninterrupted.map { Deficit(pmis: 0, counts: $0.record.deviation) }
        slope = Statistics.line(through: overflowing.map { (x: Double($0.pmis), y: Double($0.counts)) })
            .map { ($0.slope, $0.intercept) }
        ledgers = evidence.ledgers.map { run in
            (run.record.ledger?.kept ?? []).compactMap { row in row.lossSoFar.map { Loss(pmi: row.index, counts: $0) } }
        }
        skids = Self.skids(evidence)
    }

    static func skids(_ evidence: Evidence) -> Histogram {
        let shortest = evidence.shortestUnambiguousPeriod
        var skids = Histogram()
        for run in evidence.ledgers where (run.record.period ?? 0) >= shortest {
            if let ledger = run.record.ledger { skids.merge(ledger.skids) }
        }
        return skids
    }

    /// "slope 10.03 lost per PMI, intercept 4.41 gained per run", as findings write it.
    public var slopeText: String? {
        slope.map { Self.text(slope: $0.perPMI, intercept: $0.perRun) }
    }

    static func text(slope: Double, intercept: Double) -> String {
        func words(_ value: Double) -> String {
            let figure = Figures.decimal(value.magnitude)
            return figure == "0.00" ? figure : "\(figure) \((value < 0 ? Direction.gained : .lost).rawValue)"
        }
        return "slope \(words(slope)) per PMI, intercept \(words(intercept)) per run"
    }
}
