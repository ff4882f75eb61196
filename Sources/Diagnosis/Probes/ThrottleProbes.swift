import Measurement

// What the kernel's throttling does to counts.
extension Probe {
    /// Question: do counts survive it that the kernel throttles a sampler and moves it to another counter? Method: condition
    /// throttling, arm B: the sampler interrupts eight times as often as `perf_event_max_sample_rate` allows, and events come
    /// and go so that counters are assigned anew. Expected: the bystander is exact all the time, and the sampler, which misses what
    /// passes while it is stopped, goes on from where it stood. Verdict rule: a bystander that deviates is a finding, and so is a
    /// sampler that has more than was retired or less than it had before (throttle-jump). Runs in which no throttled event
    /// was moved say nothing.
    static let throttling = under(
        .throttling, id: "throttling", question: "Do throttled events go on from where they stood?",
        title: "throttled and moved",
        omission: { $0.needsCorePMU ?? $0.needsOwnPeriods ?? $0.needsStandard(seconds: "0.1") },
        plans: { schedule, _, _ in
            throttledRun(schedule).map {
                // Whether a move comes while it is stopped is a matter of luck.
                Array(repeating: plan("throttling", $0, .besideSameEvent, schedule, under: .throttling), count: 2)
            } ?? []
        },
        happened: ("move of a throttled event", { $0.throttledMoves ?? 0 }),
        answer: { .clean("exact: \(Figures.counted(total($0) { $0.throttledMoves ?? 0 }, "move")) while stopped") })

    /// Question: which events does the kernel stop where it throttles one of a group? Method: condition group-throttling, arm B:
    /// the counter leads a group, and its member interrupts eight times as often as `perf_event_max_sample_rate` allows.
    /// Expected: up to Linux 6.15 the member alone is stopped, since 6.16 the whole group (kernel commit 9734e25fbf5a). Verdict
    /// rule: none. The kernel means it so; whoever measures with a group has to know, and the answer is which of the two.
    static let groupThrottling = Probe(
        id: "group-throttling", question: "Does a throttled event stop the counters in its group?",
        title: "throttled group", condition: .groupThrottling,
        omission: { $0.needsCorePMU ?? $0.needsOwnPeriods ?? $0.needsStandard(seconds: "0.1") },
        plans: { schedule, round, _ in
            guard round < 2, let run = throttledRun(schedule) else { return [] }
            return [plan("group-throttling", run, .besideSameEvent, schedule, under: .groupThrottling)]
        },
        runs: { $0.runs(under: .groupThrottling) },
        deviates: { run, _ in run.isSuspicious && !run.isDisturbed }, takesDisturbedRuns: true,
        answer: { _, runs in
            guard runs.contains(where: { $0.record.disturbances == [.throttled] }) else {
                return .notMeasured("no event was throttled in \(Figures.counted(UInt64(runs.count), "run"))")
            }
            return .value(
                runs.contains { $0.record.deviation > 0 }
                    ? "all of it stops, as since Linux 6.16" : "its counter goes on")
        })

    /// Five ticks of 4 ms, in which a sampler asks for eight times the rate that the kernel allows. Of a workload that was slow
    /// when it was calibrated, as its first run is in an emulator, as much as takes an emulator so long.
    private static func throttledRun(_ schedule: Schedule) -> SizedRun? {
        guard let calibration = schedule.calibrations.first else { return nil }
        let rate = Double(max(1, schedule.sizing.sampleRateLimit)) * 8
        return schedule.run(
            calibration, period: max(1_009, UInt64(1e9 / rate / calibration.nanosecondsPerCount)),
            counts: max(4_000_000, UInt64(20e6 / calibration.nanosecondsPerCount)))
    }
}
