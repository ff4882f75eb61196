import CPerf
import PerfEvents
import SystemPackage

extension KernelBench {
    /// The plan's period is so short that the kernel throttles the sampler, and meanwhile its events get other counters: a
    /// signal handler without a conditional branch disables an event that came before them and enables another one. A
    /// throttled event that is moved so was let go on from a counter that nobody had loaded (kernel commit f1cac6ac62d2).
    func runThrottledAndMoved(_ plan: RunPlan, _ condition: Condition) throws(MeasurementError) -> RunRecord {
        guard !events.countsUnconditionalBranches else {
            throw .unavailable(
                condition, "\(events.name) counts returns, and a signal handler ends with one")
        }
        let moves = try CounterMoves(RunEvents.attributes(events.counted(plan.workload)), condition)
        var record = try runHere(
            plan, changes: EventChanges(marksMoves: true),
            around: { (window) throws(MeasurementError) in try moves.make(during: window) })
        record.signals = moves.signals
        return record
    }
}

/// Owns two events of the calling thread that take turns, so that the events opened behind them change their counters.
struct CounterMoves: ~Copyable {
    private let first: Counter
    private let other: Counter
    /// Of a fixed address: the kernel hands it to the handler.
    private let moves: UnsafeMutablePointer<cperf_counter_moves>

    /// Nanoseconds between two signals. A sampler eight times beyond the sample rate limit is throttled early in each tick, which is of
    /// 4 ms (HZ is 250), and let go at the next; signals that come three a tick find it stopped even where a hypervisor
    /// or an emulator runs the guest by fits and starts.
    static let interval: UInt64 = 1_300_000

    init(_ attributes: EventAttributes, _ condition: Condition) throws(MeasurementError) {
        // Not pinned: enabling a pinned event takes all others off their counters and loads them anew, which no
        // throttled one outlasts (kernel/events/core.c, ctx_resched).
        var unpinned = attributes
        unpinned.isPinned = false
        let first = try Self.opened(attributes, condition)
        let other = try Self.opened(unpinned, condition)
        try perf { () throws(PerfError) in try first.enable() }
        let moves = UnsafeMutablePointer<cperf_counter_moves>.allocate(capacity: 1)
        moves.initialize(to: cperf_counter_moves())
        let created = cperf_counter_moves_create(moves, first.descriptor, other.descriptor)
        guard created == 0 else {
            moves.deallocate()
            throw .unavailable(condition, "cannot create a timer for this thread: \(Errno(rawValue: -created))")
        }
        self.first = first
        self.other = other
        self.moves = moves
    }

    private static func opened(
        _ attributes: EventAttributes, _ condition: Condition
    ) throws(MeasurementError) -> Counter {
        do throws(PerfError) {
            return try Counter(attributes)
        } catch {
            throw .unavailable(condition, "the events that take turns: \(error)")
        }
    }

    /// Signals that the handler took.
    var signals: UInt64 { moves.pointee.signal.delivered }

    /// Runs the body while events take turns. All signals must be blocked around it.
    func make(during body: () -> Void) throws(MeasurementError) {
        let begun = cperf_repeated_signal_begin(&moves.pointee.signal, Self.interval)
        guard begun == 0 else { throw .systemCall("starting a timer with timer_settime", Errno(rawValue: -begun)) }
        body()
        cperf_repeated_signal_end(&moves.pointee.signal)
    }

    deinit {
        cperf_repeated_signal_destroy(&moves.pointee.signal)
        moves.deallocate()
    }
}
