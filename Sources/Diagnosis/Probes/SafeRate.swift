import Measurement
import Workloads

/// Question: how many PMIs a second does the kernel let through? Method: condition high-rate, arm D at shorter and
/// shorter periods: from a tenth to four times the sample rate limit, each longer than two timer ticks. THROTTLE records
/// tell which were stopped. Expected: rates well below `perf_event_max_sample_rate` pass. Verdict rule: none. A throttled
/// run is what this probe is after, and never a fault; the answer is the highest rate that passed.
struct SafeRate: Probe {
    let id = "sampling-rate"
    let question = "How many PMIs a second does the kernel let through unthrottled?"
    let title = "highest safe rate"

    /// Tenths of the sample rate limit.
    private static let tenths: [UInt64] = [1, 2, 5, 10, 20, 40]
    /// Two ticks at the slowest HZ, 100, and a little more.
    private static let milliseconds = 25.0

    func omission(_ schedule: Schedule) -> String? {
        schedule.needsOwnPeriods ?? schedule.needsStandard(seconds: "0.3")
    }

    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan] {
        guard round < 2, let calibration = schedule.calibrations.first else { return [] }
        let counts = UInt64(Self.milliseconds * 1e6 / calibration.nanosecondsPerCount)
        var seen: Set<UInt64> = []
        return Self.tenths.map { tenths in
            let rate = Double(max(1, schedule.sizing.sampleRateLimit)) * Double(tenths) / 10
            return max(2, UInt64(1e9 / rate / calibration.nanosecondsPerCount))
        }
        .filter { $0 < counts && seen.insert($0).inserted }
        .map { period in
            plan(schedule.setting(calibration, period: period, counts: counts), .samplerTotal, cpu: schedule.cpu)
                .within(.highRate)
        }
    }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        if let without = withoutCondition(.highRate, in: evidence) { return without }
        let runs = evidence.runs(in: .highRate)
        let throttled = runs.filter { $0.throttles > 0 }
        // A rate that passed once and was stopped another time is not safe.
        let longestThrottled = throttled.compactMap(\.period).max() ?? 0
        let safe = runs.filter { $0.throttles == 0 && ($0.period ?? 0) > longestThrottled }
        let rate = safe.compactMap(Self.rate).max()
        let stopped = throttled.isEmpty ? "none was throttled" : "\(throttled.count) faster runs were throttled"
        let answer = rate.map { "\($0) PMIs a second pass; \(stopped)" } ?? "none: every rate tried was throttled"
        return ProbeConclusion(outcome: .clean, answer: answer, runs: runs)
    }

    /// PMIs a second.
    private static func rate(_ run: RunRecord) -> UInt64? {
        run.timeEnabled == 0 ? nil : UInt64(Double(run.pmis) * 1e9 / Double(run.timeEnabled))
    }
}
