import Measurement

/// How late the PMIs came: branches really retired between the overflow and the PMI, over all ledgers whose periods are
/// long enough to tell one overflow from the next.
public struct SkidSummary: Codable, Sendable, Hashable {
    /// PMIs it is taken from.
    public var pmis: Int
    public var min: Int64
    public var median: Int64
    /// 99 of 100 PMIs are not later.
    public var percentile99: Int64
    /// 9 of 10, and 999 of 1,000; absent in reports of earlier versions.
    public var percentile90: Int64?
    public var percentile999: Int64?
    public var max: Int64
    /// The skid that rr allows for on this CPU (kernel-and-rr.md 2.2), where it has a figure.
    public var rrLimit: UInt64?

    /// Nil where no ledger tells.
    init?(_ evidence: Evidence) {
        let shortest = Observations.shortestUnambiguousPeriod(evidence)
        let skids = Statistics.sorted(evidence.ledgers.filter { ($0.period ?? 0) >= shortest }.flatMap(\.skids))
        guard let first = skids.first, let last = skids.last, let middle = Statistics.median(of: skids) else {
            return nil
        }
        pmis = skids.count
        min = first
        median = middle
        percentile90 = Self.quantile(skids, perMille: 900)
        percentile99 = Self.quantile(skids, perMille: 990)
        percentile999 = Self.quantile(skids, perMille: 999)
        max = last
        rrLimit = evidence.skidLimit
    }

    /// The smallest value that so many of a thousand do not exceed.
    private static func quantile(_ sorted: [Int64], perMille: Int) -> Int64 {
        sorted[(sorted.count * perMille + 999) / 1000 - 1]
    }

    /// "3 to 39 (median 12)", or one number where all are the same.
    var text: String { min == max ? "\(min)" : "\(min) to \(max) (median \(median))" }
}

extension RunRecord {
    /// For each PMI, apparent skid plus the loss at this PMI (DESIGN.md's word list). A PMI whose loss is unknown, or its
    /// predecessor's, is left out.
    var skids: [Int64] {
        guard let period, period > 0 else { return [] }
        var before: Int64? = 0
        return ledger.compactMap { row in
            let now = row.lossSoFar
            defer { before = now }
            guard let now, let before else { return nil }
            return Int64(bitPattern: row.counted % period) &+ now &- before
        }
    }
}
