import Diagnosis
import Measurement

extension Report {
    /// A number that no diagnosis makes, in a clause; nil where there is none.
    ///
    /// A kept report may hold any number, and those beyond what runs can have would end the sums that a judgement makes
    /// of them in an overflow.
    var implausibleNumber: String? {
        var sum: UInt64 = 0
        for (index, run) in runs.enumerated() {
            for (name, count) in run.summedCounts {
                guard count <= RunRecord.mostCounts else { return "runs[\(index)].\(name) is more than a run can have" }
                sum += count
                guard sum < 1 << 60 else { return "its runs have more counts than a diagnosis can make" }
            }
            if run.hasImplausibleLedger { return "runs[\(index)] has losses or skids that no run can have" }
        }
        return (skid?.rrLimit ?? 0) > RunRecord.mostCounts ? "skid.rrLimit is no number of branches" : nil
    }
}

extension RunRecord {
    /// What no run reaches, in counts or nanoseconds: 104 days at a count each nanosecond.
    static let mostCounts: UInt64 = 1 << 53

    /// Counts that a judgement sums up, with their names. What a counter said may be anything, as long as it is not
    /// further from the truth than a run can count.
    fileprivate var summedCounts: [(name: String, count: UInt64)] {
        let counts: [(name: String, count: UInt64?)] = [
            ("iterations", iterations), ("expected", expected), ("samplerExpected", samplerExpected),
            ("counted", deviation.magnitude), ("samplerCounted", samplerDeviation?.magnitude), ("pmis", pmis),
            ("period", period == 0 ? .max : nil), ("throttles", throttles), ("lostRecords", lostRecords),
            ("timeEnabled", timeEnabled), ("timeRunning", timeRunning), ("samplerTimeEnabled", samplerTimeEnabled),
            ("samplerTimeRunning", samplerTimeRunning), ("strayTraps", strayTraps),
            ("voluntarySwitches", voluntarySwitches), ("involuntarySwitches", involuntarySwitches),
            ("migrations", migrations), ("smis", smis), ("signals", signals), ("antagonistPMIs", antagonistPMIs),
            ("extraCountersCounting", extraCountersCounting), ("planted", planted?.total),
            ("throttledMoves", throttledMoves), ("ledger.stops", ledger?.stops?.losses.total),
            ("ledger.rows", ledger?.rows), ("ledger.positions", ledger?.positions),
            ("ledger.deviating", ledger?.deviating), ("ledger.repeated", ledger?.repeated),
            ("ledger.losses", ledger?.losses.total), ("ledger.skids", ledger?.skids.total),
            ("ledger.apparentSkids", ledger?.apparentSkids.total),
            ("timeline", timeline?.map { max($0.event, $0.expected, $0.pmisBefore) }.max()),
        ]
        return counts.compactMap { name, count in count.map { (name, $0) } }
    }

    /// Whether a loss or a skid is larger than counters are wide, or a planted loss than its product with the PMIs may be.
    fileprivate var hasImplausibleLedger: Bool {
        if let planted, planted.pmis > 1 << 12 || planted.perPMI > 1 << 31 { return true }
        guard let ledger else { return false }
        let histograms = [ledger.losses, ledger.skids, ledger.apparentSkids, ledger.stops?.losses ?? Histogram()]
        let ends = [ledger.lossAtFirst, ledger.lossAtLast] + histograms.flatMap { [$0.min, $0.max] }
        return ends.contains { ($0?.magnitude ?? 0) > Self.mostCounts }
    }
}
