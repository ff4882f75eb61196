import Measurement

/// A counter of an undisturbed run that did not count what it should have.
struct DeviatingRun {
    var workload: String
    var arm: String
    var period: UInt64?
    var expected: UInt64
    var counted: UInt64
    var pmis: UInt64
    /// Expected minus counted.
    var deviation: Int64

    /// In the order of the runs, without those in which truecount itself lost counts.
    static func all(of report: Report) -> [DeviatingRun] {
        report.runs.filter { $0.planted == nil && !$0.isDisturbed }.flatMap { run -> [DeviatingRun] in
            let own = DeviatingRun(
                workload: run.workload, arm: run.arm.rawValue, period: run.period, expected: run.expected,
                counted: run.counted, pmis: run.pmis, deviation: run.deviation)
            guard let expected = run.samplerExpected, let counted = run.samplerCounted,
                let deviation = run.samplerDeviation
            else { return [own] }
            let sampler = DeviatingRun(
                workload: run.workload, arm: "\(run.arm.rawValue), sampler", period: run.period, expected: expected,
                counted: counted, pmis: run.pmis, deviation: deviation)
            return [own, sampler]
        }.filter { $0.deviation != 0 }
    }
}
