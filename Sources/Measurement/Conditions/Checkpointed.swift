import PerfEvents

extension KernelBench {
    /// The counter is a checkpointed one, which goes back to its old value when a transaction is aborted. It is enabled
    /// and disabled once before the window, which is where KVM lost its counts (rr check_for_kvm_in_txcp_bug; rr issue
    /// 1952).
    func runCheckpointed(_ plan: RunPlan, _ condition: Condition) throws(MeasurementError) -> RunRecord {
        guard events.corePMU(of: pinned.cpu)?.formats["in_tx_cp"] != nil else {
            throw .unavailable(
                condition,
                "this CPU has no checkpointed counters: they belong to Intel's transactions (no format in_tx_cp)")
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
