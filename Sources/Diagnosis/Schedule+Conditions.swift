import Measurement
import Workloads

// Settings of runs under a condition: few and short ones, sized by the same calibration as the four arms.
extension Schedule {
    /// The part of an effort's time that one probe's long runs may take besides.
    private static let shareOfLongRuns = 0.25

    /// A period at which overflows are far enough apart for any probe: the first of the person's own, or the source's.
    var usualPeriod: UInt64 {
        if sizing.periodsAreFixed, let first = periods.first { return first }
        return source == .breakpoint ? 17 : 100_003
    }

    func calibration(of workload: String) -> Calibration? {
        calibrations.first { $0.workload.name == workload }
    }

    /// A run of a workload with so many PMIs and a half, or fewer where they would be throttled.
    /// - Parameter workload: by name; the first one calibrated where nil.
    func setting(_ workload: String? = nil, period: UInt64? = nil, pmis: UInt64) -> SizedRun? {
        guard let calibration = workload.map(calibration(of:)) ?? calibrations.first else { return nil }
        let period = period ?? usualPeriod
        return setting(
            calibration, period: period,
            counts: min(pmis, sizing.mostPMIs(at: period, calibration)) * period + period / 2)
    }

    /// A run of a workload that takes so long.
    func setting(_ workload: String? = nil, milliseconds: Double) -> SizedRun? {
        guard let calibration = workload.map(calibration(of:)) ?? calibrations.first else { return nil }
        return setting(
            calibration, period: usualPeriod, counts: UInt64(milliseconds * 1e6 / calibration.nanosecondsPerCount))
    }

    func setting(_ calibration: Calibration, period: UInt64, counts: UInt64) -> SizedRun {
        SizedRun(
            workload: calibration.workload,
            iterations: max(1, (counts - min(counts, calibration.fixedCounts)) / calibration.countsPerIteration),
            period: period, otherPeriod: max(2, period * calibration.sampledEventsPerCount))
    }

    /// Nanoseconds that the longest runs of a probe may take together in all rounds.
    var nanosecondsForLongRuns: Double { effort.budget.seconds * 1e9 * Self.shareOfLongRuns }

    /// Why a probe that needs a core PMU plans nothing on breakpoints.
    var needsCorePMU: String? { source == .breakpoint ? "no core PMU" : nil }
    /// Why a probe that takes longer than the quick effort allows plans nothing in it.
    func needsStandard(seconds: String) -> String? {
        effort == .quick ? "not part of --quick (\(seconds) s)" : nil
    }
    /// Why a probe that chooses periods plans nothing.
    var needsOwnPeriods: String? { sizing.periodsAreFixed ? "--period was given" : nil }
}
