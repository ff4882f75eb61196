import CPerf
import Glibc
import PerfEvents
import SystemPackage
import Workloads

/// A run in a traced child. The overflow's signal stops the child, as it stops rr's tracee, and something may be done
/// to it there.
struct TracedRun: ~Copyable {
    let plan: RunPlan
    let events: CountedEvents
    let cpu: Int
    private(set) var child: TracedChild
    private(set) var opened: RunEvents
    private var strayTraps: UInt64 = 0

    /// The signal that rr takes for overflows (kernel-and-rr.md 2.1): nobody else sends it.
    private static let overflowSignal = Int32(SIGSTKFLT)

    init(_ plan: RunPlan, _ events: CountedEvents, on pinned: borrowing PinnedThread) throws(MeasurementError) {
        self.plan = plan
        self.events = events
        let cpu = pinned.cpu
        self.cpu = cpu
        let child = try traced { () throws(TraceError) in
            try TracedChild(workload: plan.workload, iterations: plan.iterations, cpu: cpu)
        }
        let thread = child.processID
        let opened = try perf { () throws(PerfError) in try RunEvents(plan, events, thread: thread) }
        try perf { () throws(PerfError) in try opened.deliverOverflow(signal: Self.overflowSignal, toThread: thread) }
        try opened.fill(child.window)
        self.child = child
        self.opened = opened
    }

    /// The whole run.
    ///
    /// - Parameters:
    ///   - lastCPU: the CPU that the child was on at its end.
    ///   - atPMI: what is done at each stop for an overflow, before the child goes on.
    mutating func carryOut(
        endingOn lastCPU: () -> Int? = { nil },
        atPMI: (inout TracedRun) throws(MeasurementError) -> Void
    ) throws(MeasurementError) -> RunRecord {
        let signals = BlockedSignals()
        let observer = RunObserver(cpu: cpu)
        let switches = try ContextSwitches.ofReapedChildren()
        try follow(atPMI)
        _ = consume signals
        try checkWindow(child.window.pointee)
        let switched = try ContextSwitches.ofReapedChildren().since(switches)
        return try observer.record(
            plan, events, &opened, switched: switched, strayTrapsOfChild: strayTraps, endedOn: lastCPU())
    }

    /// From the start of the child to its end.
    private mutating func follow(
        _ atPMI: (inout TracedRun) throws(MeasurementError) -> Void
    ) throws(MeasurementError) {
        try resume()
        while true {
            switch try wait() {
            case .stopped(signal: Self.overflowSignal):
                try atPMI(&self)
                try resume()
            case .stopped(signal: SIGTRAP):
                strayTraps += 1
                try resume()
            case .stopped(let signal):
                throw .implausible(
                    "signal \(signal) stopped the child of \(plan.workload.name); nobody should send it one")
            case .exited(status: 0):
                return
            case .exited(let status):
                throw .implausible("the child of \(plan.workload.name) ended with status \(status)")
            case .killed(let signal):
                throw .implausible("signal \(signal) killed the child of \(plan.workload.name)")
            }
        }
    }

    func registers() throws(MeasurementError) -> UserRegisters {
        try traced { () throws(TraceError) in try child.registers() }
    }

    /// One instruction of the stopped child.
    mutating func step() throws(MeasurementError) {
        try traced { () throws(TraceError) in try child.step() }
        let stop = try wait()
        guard case .stopped(signal: SIGTRAP) = stop else {
            throw .implausible("a single step of \(plan.workload.name)'s child ended with \(stop)")
        }
    }

    /// Lets the stopped child go on on that CPU alone.
    func move(to cpu: Int) throws(MeasurementError) {
        let result = cperf_child_pin(child.processID, Int32(clamping: cpu))
        guard result >= 0 else { throw .trace(TraceError(attempt: .pinChild, errno: Errno(rawValue: -result))) }
    }

    private func resume() throws(MeasurementError) {
        try traced { () throws(TraceError) in try child.resume() }
    }

    private mutating func wait() throws(MeasurementError) -> TracedChild.Stop {
        do {
            return try child.wait()
        } catch {
            throw .trace(error)
        }
    }
}
