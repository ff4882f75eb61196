import PerfEvents

extension KernelBench {
    /// The sampler is opened with a period that it never reaches and gets the plan's while it is enabled, as rr does
    /// with every event (`PERF_EVENT_IOC_PERIOD`; rr PerfCounters.cc, check_for_ioc_period_bug).
    func runAfterPeriodChange(_ plan: RunPlan) throws(MeasurementError) -> RunRecord {
        guard let period = plan.period else { return try runHere(plan) }
        return try runHere(plan, changes: EventChanges(openingPeriod: Self.neverReached)) {
            (opened: borrowing RunEvents) throws(MeasurementError) in
            try perf { () throws(PerfError) in try opened.changePeriodOfSampler(to: period) }
        }
    }

    /// rr's own, of an event that is not to interrupt yet.
    private static let neverReached: UInt64 = 1 << 60
}

extension RunEvents {
    fileprivate func changePeriodOfSampler(to period: UInt64) throws(PerfError) {
        try onSampler { sampler throws(PerfError) in
            try sampler.counter.setPeriodWhileEnabled(period)
            // The reset leaves the period as it is, which is whole: nothing was counted since it was set.
            try sampler.counter.reset()
        }
    }
}
