import Measurement

/// Runs that should all deviate alike: the same code, counted in the same way.
struct RunKind: Hashable, Sendable {
    var workload: String
    var iterations: UInt64
    var arm: Arm
    var period: UInt64?

    /// "tight-loop, arm B, period 100,003, 1,000,000 iterations"
    var description: String {
        let period = period.map { ", period \(Figures.grouped($0))" } ?? ""
        return "\(workload), arm \(arm.rawValue)\(period), \(Figures.grouped(iterations)) iterations"
    }
}

/// By how much the undisturbed runs of a kind deviated.
struct CountRange: Hashable, Sendable {
    /// Expected minus counted.
    var low: Int64
    var high: Int64
    var runs: UInt64

    static func all(of report: Report) -> [RunKind: CountRange] {
        var ranges: [RunKind: CountRange] = [:]
        for run in report.runs where run.planted == nil && !run.isDisturbed {
            let kind = RunKind(workload: run.workload, iterations: run.iterations, arm: run.arm, period: run.period)
            let deviation = run.deviation
            var range = ranges[kind] ?? CountRange(low: deviation, high: deviation, runs: 0)
            range.low = min(range.low, deviation)
            range.high = max(range.high, deviation)
            range.runs += 1
            ranges[kind] = range
        }
        return ranges
    }

    /// How far from exact the worst run was.
    var magnitude: UInt64 { max(low.magnitude, high.magnitude) }

    /// "exact", "low by 30", "high by 1 to 3", "off by -3 to 7".
    var text: String {
        if low == 0, high == 0 { return "exact" }
        if low >= 0 { return "low by \(Self.range(low.magnitude, high.magnitude))" }
        if high <= 0 { return "high by \(Self.range(high.magnitude, low.magnitude))" }
        return "off by -\(Figures.grouped(low.magnitude)) to \(Figures.grouped(high.magnitude))"
    }

    private static func range(_ low: UInt64, _ high: UInt64) -> String {
        low == high ? Figures.grouped(low) : "\(Figures.grouped(low)) to \(Figures.grouped(high))"
    }
}
