import Measurement

/// How late the PMIs came: branches really retired between the overflow and the PMI, over all ledgers whose periods are
/// long enough to tell one overflow from the next.
public struct SkidSummary: Codable, Sendable, Hashable {
    /// PMIs it is taken from.
    public var pmis: UInt64
    public var min: Int64
    public var median: Int64
    /// 9 of 10 PMIs are not later, 99 of 100, 999 of 1,000.
    public var percentile90: Int64
    public var percentile99: Int64
    public var percentile999: Int64
    public var max: Int64
    /// The skid that rr allows for on this CPU (rr src/PerfCounters.cc), where it has a figure.
    public var rrLimit: UInt64?

    /// Nil where there is none.
    init?(_ skids: Histogram, limit: UInt64?) {
        guard let min = skids.min, let max = skids.max else { return nil }
        pmis = skids.total
        self.min = min
        median = skids.median ?? min
        percentile90 = skids.quantile(perMille: 900) ?? max
        percentile99 = skids.quantile(perMille: 990) ?? max
        percentile999 = skids.quantile(perMille: 999) ?? max
        self.max = max
        rrLimit = limit
    }

    /// Nil where no ledger tells.
    init?(_ evidence: Evidence) { self.init(EvidencePoints.skids(evidence), limit: evidence.skidLimit) }

    /// "3 to 39 (median 12)", or one number where all are the same.
    var text: String {
        min == max
            ? Figures.signed(min)
            : "\(Figures.signed(min)) to \(Figures.signed(max)) (median \(Figures.signed(median)))"
    }

    /// "within rr's 100: median 10, p90 10, p99 10, p99.9 10, most 10"
    var sentence: String {
        let quantiles = [
            ("median", median), ("p90", percentile90), ("p99", percentile99), ("p99.9", percentile999), ("most", max),
        ]
        let figures = quantiles.map { "\($0) \(Figures.signed($1))" }.joined(separator: ", ")
        guard let rrLimit else { return figures }
        return "\(max <= Int64(clamping: rrLimit) ? "within" : "beyond") rr's \(Figures.grouped(rrLimit)): \(figures)"
    }
}
