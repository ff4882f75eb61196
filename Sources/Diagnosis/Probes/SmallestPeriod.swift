import Measurement

/// Question: which is the shortest period that the kernel takes? Method: condition short-period, arm D at periods from
/// 1 to 128; perf_event_open(2) refuses what the CPU cannot do (kernel-and-rr.md 1.6 and 3, row 16: Haswell 32). Expected:
/// a refusal below some period, and an exact ledger from there on. Verdict rule: a refusal is an answer; a count that
/// deviates is a finding.
struct SmallestPeriod: Probe {
    let id = "smallest-period"
    let question = "Which is the shortest period that the kernel takes?"
    let title = "smallest period"

    private static let periods: [UInt64] = [1, 2, 4, 16, 32, 128]
    /// Few enough PMIs for one tick at any period (`perf_event_max_sample_rate` / HZ is 100 at the least by default).
    private static let fewestCounts: UInt64 = 64

    func omission(_ schedule: Schedule) -> String? { schedule.needsOwnPeriods }

    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan] {
        guard round < 2, let calibration = schedule.calibrations.first else { return [] }
        return Self.periods.map { period in
            let counts = max(Self.fewestCounts, 3 * period + period / 2)
            return plan(schedule.setting(calibration, period: period, counts: counts), .samplerTotal, cpu: schedule.cpu)
                .within(.shortPeriod)
        }
    }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        let all = evidence.runs(in: .shortPeriod)
        guard let shortest = all.compactMap(\.period).min() else {
            return withoutCondition(.shortPeriod, in: evidence) ?? .skipped("no run was made")
        }
        let refused = evidence.refusals.contains { $0.condition.kind == .shortPeriod }
        let throttled = all.allSatisfy(\.isDisturbed) ? ", all throttled" : ""
        var conclusion = exactness(
            all.filter { !$0.isDisturbed },
            exact: (refused ? "periods below \(shortest) are refused" : "\(shortest)") + throttled)
        conclusion.disturbedRuns = all.count { $0.isDisturbed }
        return conclusion
    }
}
