import CPerf
import SystemPackage

extension KernelBench {
    /// A timer sends this thread a signal, to a handler without a conditional branch, while the window is open.
    func runUnderSignals(_ plan: RunPlan, _ condition: Condition) throws(MeasurementError) -> RunRecord {
        guard !events.countsTakenBranches else {
            throw .unavailable(
                condition, "\(events.name) counts taken branches, and a handler returns by one")
        }
        let repeated = try RepeatedSignal(condition)
        var record = try runHere(
            plan, around: { (window) throws(MeasurementError) in try repeated.send(during: window) })
        record.signals = repeated.delivered
        return record
    }
}

/// Owns a timer that signals the calling thread, and the handler for it. For one thread alone.
struct RepeatedSignal: ~Copyable {
    /// Of a fixed address: the kernel hands it to the handler.
    private let repeated: UnsafeMutablePointer<cperf_repeated_signal>

    /// Nanoseconds between two signals: some for the shortest run, and long against what a handler takes.
    static let interval: UInt64 = 100_000

    init(_ condition: Condition) throws(MeasurementError) {
        let repeated = UnsafeMutablePointer<cperf_repeated_signal>.allocate(capacity: 1)
        repeated.initialize(to: cperf_repeated_signal())
        let created = cperf_repeated_signal_create(repeated)
        guard created == 0 else {
            repeated.deallocate()
            throw .unavailable(condition, "the kernel makes no timer for this thread: \(Errno(rawValue: -created))")
        }
        self.repeated = repeated
    }

    /// Signals that the handler took.
    var delivered: UInt64 { repeated.pointee.delivered }

    /// Runs the body under signals. All signals must be blocked around it.
    func send(during body: () -> Void) throws(MeasurementError) {
        let begun = cperf_repeated_signal_begin(repeated, Self.interval)
        guard begun == 0 else { throw .systemCall("starting a timer with timer_settime", Errno(rawValue: -begun)) }
        body()
        cperf_repeated_signal_end(repeated)
    }

    deinit {
        cperf_repeated_signal_destroy(repeated)
        repeated.deallocate()
    }
}
