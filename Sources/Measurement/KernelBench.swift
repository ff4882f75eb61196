import CPerf
import Glibc
import PerfEvents
import SystemPackage
import Workloads

/// Makes runs on the running kernel, on one CPU, on the thread that created it.
///
/// Use it on that thread alone and not across an `await`: counters are opened on the calling thread.
public struct KernelBench: Bench, ~Copyable {
    let events: CountedEvents
    private let window: WorkloadWindow
    let pinned: PinnedThread
    private let strayTraps: StrayTrapWatch?

    /// Binds this thread to the CPU until the bench is gone. With breakpoints, a debug exception that nobody claims does
    /// not end this process as long: a run in which one came is labelled (``Disturbance/strayTrap``).
    /// - Throws: ``MeasurementError/cannotPin(cpu:_:)`` if the CPU is offline or not allowed.
    public init(_ events: CountedEvents, cpu: Int) throws(MeasurementError) {
        let pinned = try PinnedThread.bound(to: cpu)
        let window = try traced { () throws(TraceError) in try WorkloadWindow() }
        strayTraps = events.source == .breakpoint ? try StrayTrapWatch() : nil
        self.events = events
        self.pinned = pinned
        self.window = window
    }

    public var source: CounterSource { events.source }
    public func eventName(for workload: Workload) -> String { events.name }
    public func expectedCount(of workload: Workload, iterations: UInt64) -> UInt64 {
        events.expected(workload, iterations: iterations)
    }

    public func sampledEventsPerCount(of workload: Workload, arm: Arm) -> UInt64 {
        guard arm == .besideOtherEvent, source == .hardware else { return 1 }
        let iterations: UInt64 = 1_000_000
        return max(
            1, workload.figures(iterations: iterations).instructions / events.expected(workload, iterations: iterations)
        )
    }

    public mutating func run(_ plan: RunPlan) throws(MeasurementError) -> RunRecord {
        if let condition = plan.condition { return try run(plan, in: condition) }
        if let loss = plan.plantedLoss { return try runLosing(loss, plan) }
        return try runHere(plan)
    }

    /// A run on this very thread.
    ///
    /// - Parameters:
    ///   - changes: what is different about its events.
    ///   - prepare: what is done with them before the window, with all signals blocked.
    ///   - around: what runs the window; nothing between its two ends may execute a branch.
    ///   - finish: what is done with them once the record is complete.
    func runHere(
        _ plan: RunPlan, changes: EventChanges = EventChanges(),
        prepare: (borrowing RunEvents) throws(MeasurementError) -> Void = { (_: borrowing RunEvents) in },
        around: (_ window: () -> Void) throws(MeasurementError) -> Void = { $0() },
        finish: (borrowing RunEvents, inout RunRecord) throws(MeasurementError) -> Void = {
            (_: borrowing RunEvents, _) in
        }
    ) throws(MeasurementError) -> RunRecord {
        var opened = try perf { () throws(PerfError) in try RunEvents(plan, events, thread: 0, changes: changes) }
        let observer = RunObserver(cpu: pinned.cpu)
        let switches = try ContextSwitches.ofThisThread()
        try opened.fill(window.pointer)
        do {
            let signals = BlockedSignals()
            try prepare(opened)
            let pointer = window.pointer
            var isWhole = true
            try around { isWhole = plan.workload.run(window: pointer, iterations: plan.iterations) }
            _ = consume signals
            guard isWhole else { throw .interrupted }
        }
        let switched = try ContextSwitches.ofThisThread().since(switches)
        try checkWindow(window.pointer.pointee)
        var record = try observer.record(plan, events, &opened, switched: switched)
        try finish(opened, &record)
        return record
    }
}

extension PinnedThread {
    /// - Throws: ``MeasurementError/cannotPin(cpu:_:)`` if the CPU is offline or not allowed.
    static func bound(to cpu: Int) throws(MeasurementError) -> PinnedThread {
        do {
            return try PinnedThread(cpu: cpu)
        } catch {
            throw .cannotPin(cpu: cpu, error)
        }
    }
}

/// Runs something that throws the kernel's errors, as a part of a measurement.
func perf<Value: ~Copyable>(_ body: () throws(PerfError) -> Value) throws(MeasurementError) -> Value {
    do {
        return try body()
    } catch {
        throw .perf(error)
    }
}

func traced<Value: ~Copyable>(_ body: () throws(TraceError) -> Value) throws(MeasurementError) -> Value {
    do {
        return try body()
    } catch {
        throw error.errno == .canceled ? .interrupted : .trace(error)
    }
}

/// The system calls of the window: those of an event must have been made and have succeeded.
func checkWindow(_ window: cperf_window) throws(MeasurementError) {
    let results = window.results
    var calls = [("enabling the counter", results.1), ("disabling the counter", results.2)]
    if window.sampler >= 0 {
        calls.insert(("enabling the sampler", results.0), at: 0)
        calls.append(("disabling the sampler", results.3))
    }
    for (step, result) in calls where result != 0 {
        guard result < 0 else { throw .implausible("\(step) was left out of the measured window") }
        throw .window(step: step, Errno(rawValue: Int32(clamping: -result)))
    }
}
