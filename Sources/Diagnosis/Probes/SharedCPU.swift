import Measurement

/// Question: do counts survive context switches? Method: condition shared-cpu: arms A and D while another process
/// wants the same CPU, for some time slices. Expected: exact. Verdict rule: a run that was really switched and deviates
/// is a finding (context-switch-loss); runs that were not switched say nothing.
struct SharedCPU: Probe {
    let id = "context-switches"
    let question = "Do counts survive context switches?"
    let title = "context switches"

    /// Some slices of about 4 ms (kernel/sched/fair.c, base_slice_ns).
    private static let milliseconds = 60.0
    /// Few, so that a run this long is not throttled.
    private static let pmis: UInt64 = 20

    func omission(_ schedule: Schedule) -> String? { schedule.needsStandard(seconds: "0.5") }

    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan] {
        guard round < 2, var setting = schedule.setting(milliseconds: Self.milliseconds) else { return [] }
        if !schedule.sizing.periodsAreFixed { setting.period = max(setting.period, setting.iterations / Self.pmis | 1) }
        return [.countingAlone, .samplerTotal].map { plan(setting, $0, cpu: schedule.cpu).within(.sharedCPU) }
    }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        condition(.sharedCPU, in: evidence) { runs in
            let switched = runs.filter { $0.involuntarySwitches > 0 }
            guard !switched.isEmpty else { return .skipped("no switch came in \(runs.count) runs") }
            let switches = switched.reduce(0) { $0 + $1.involuntarySwitches }
            return exactness(switched, exact: "exact over \(switches) switches")
        }
    }
}
