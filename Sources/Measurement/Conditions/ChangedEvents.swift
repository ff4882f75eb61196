import PerfEvents

/// What a condition changes of the events that a run opens.
struct EventChanges {
    /// Bits to add to the counter's `config`.
    var counterConfiguration: UInt64 = 0
    /// The period that the sampler is opened with, in place of the plan's.
    var openingPeriod: UInt64?
    /// `precise_ip` of the sampler, 0 to 3.
    var preciseLevel = 0
    /// Whether the sampler takes branch stacks.
    var takesBranchStacks = false
    /// Whether the sampler's ring gets a record where a thread is given its name: the mark of a move (counter_moves.h).
    var marksMoves = false
    /// Whether the sampler is a member of the counter's group.
    var joinsGroups = false

    func apply(toCounter attributes: inout EventAttributes) {
        attributes.event.config |= counterConfiguration
    }

    func apply(toSampler attributes: inout EventAttributes) {
        if let openingPeriod { attributes.samplePeriod = openingPeriod }
        attributes.preciseLevel = preciseLevel
        if marksMoves { attributes.recordsNames = true }
        if takesBranchStacks {
            attributes.sampleFields.insert(.branchStack)
            attributes.branchSampleType = Self.anyUserBranch
        }
    }

    /// The change that not every PMU takes, for a sentence.
    var words: String {
        if takesBranchStacks { return "with branch stacks" }
        if preciseLevel > 0 { return "with precise_ip \(preciseLevel)" }
        return "with config bits 0x\(String(counterConfiguration, radix: 16))"
    }

    /// What a branch stack adds to a sample: its length, and three words for each branch. No CPU has more than 32.
    var bytesOfBranchStack: UInt64 { takesBranchStacks ? 8 + 32 * 24 : 0 }

    /// `PERF_SAMPLE_BRANCH_USER` and `PERF_SAMPLE_BRANCH_ANY`.
    private static let anyUserBranch: UInt64 = 1 << 0 | 1 << 3
}

extension KernelBench {
    /// The counter is a checkpointed one, which goes back to its old value when a transaction is aborted. It is enabled
    /// and disabled once before the window, which is where KVM lost its counts (rr check_for_kvm_in_txcp_bug; rr issue
    /// 1952).
    func runCheckpointed(_ plan: RunPlan, _ condition: Condition) throws(MeasurementError) -> RunRecord {
        guard events.corePMU(of: pinned.cpu)?.formats["in_tx_cp"] != nil else {
            throw .unavailable(
                condition,
                "this CPU has no checkpointed counters, which come with Intel's TSX (no format in_tx_cp)")
        }
        let changes = EventChanges(counterConfiguration: Self.checkpoint)
        return try runUnlessRefused(plan, condition, changes) {
            (opened: borrowing RunEvents) throws(MeasurementError) in
            try perf { () throws(PerfError) in try opened.switchCounterOnAndOff() }
        }
    }

    /// IN_TXCP, bit 33 of `config` (arch/x86/include/asm/perf_event.h, HSW_IN_TX_CHECKPOINTED).
    private static let checkpoint: UInt64 = 1 << 33
}

extension RunEvents {
    fileprivate func switchCounterOnAndOff() throws(PerfError) {
        try onCounter { counter throws(PerfError) in
            try counter.enable()
            try counter.disable()
            try counter.reset()
        }
    }
}

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
