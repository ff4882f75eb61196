import CPerf
import Glibc
import PerfEvents
import Workloads

/// A run of a workload in a traced child. The overflow's signal stops the child, as it stops rr's tracee, and something
/// may be done to it there.
struct TracedRun: ~Copyable {
    let plan: RunPlan
    let events: CountedEvents
    let cpu: Int
    private(set) var child: TracedChild
    private(set) var opened: RunEvents
    private var strayTraps: UInt64 = 0

    init(_ plan: RunPlan, _ events: CountedEvents, on pinned: borrowing PinnedThread) throws(MeasurementError) {
        self.plan = plan
        self.events = events
        let cpu = pinned.cpu
        self.cpu = cpu
        var child = try traced { () throws(TraceError) in
            try TracedChild(workload: plan.workload, iterations: plan.iterations, cpu: cpu)
        }
        let thread = child.processID
        let opened = try perf { () throws(PerfError) in
            let opened = try RunEvents(plan, events, thread: thread)
            try opened.deliverOverflow(signal: TracedChild.overflowSignal, toThread: thread)
            return opened
        }
        try opened.fill(child.window)
        if events.source == .breakpoint {
            child.expectBreakpoint(at: UInt64(plan.workload.site))
            if plan.arm == .besideOtherEvent { child.expectBreakpoint(at: UInt64(plan.workload.secondSite)) }
        }
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
        while true {
            let stop = try child.runToStop()
            switch stop {
            case .stopped(signal: TracedChild.overflowSignal): try atPMI(&self)
            case .stopped(signal: SIGTRAP): strayTraps += 1
            case .exited(status: 0): return
            default: throw astray(stop)
            }
        }
    }

    /// Lets the stopped child go on on that CPU alone.
    func move(to cpu: Int) throws(MeasurementError) {
        try traced { () throws(TraceError) in try child.pin(to: cpu) }
    }

    private func astray(_ stop: TracedChild.Stop) -> MeasurementError {
        .child("the child of \(plan.workload.name) stopped unexpectedly: \(stop.sentence)")
    }
}

extension TracedRun: LosingRun {
    func hasRoom(for counts: UInt64) throws(MeasurementError) -> Bool {
        let expected = events.expected(plan.workload, iterations: plan.iterations)
        guard let position = try truePosition() else { return false }
        return position + counts + 1 < expected
    }

    mutating func step() throws(MeasurementError) {
        let stop = try child.executeInstruction()
        guard stop == .stopped(signal: SIGTRAP) else { throw astray(stop) }
    }

    func truePosition() throws(MeasurementError) -> UInt64? {
        let position = events.truePosition(
            plan.workload, iterations: plan.iterations, registers: try child.userRegisters(), samplesOtherEvent: false)
        guard let position else {
            throw .implausible("the child of \(plan.workload.name) is outside its routine at a PMI")
        }
        return position
    }

    func standsBeforeCountedBreakpoint() throws(MeasurementError) -> Bool {
        guard events.source == .breakpoint else { return false }
        return try child.userRegisters().instructionPointer == UInt64(plan.workload.site)
    }

    func setCounting(_ isOn: Bool) throws(MeasurementError) {
        try perf { () throws(PerfError) in try isOn ? opened.enableAll() : opened.disableAll() }
    }
}

/// The tracer, as a part of a measurement.
extension TracedChild {
    /// The signal that rr takes for overflows (PerfCounters.cc): nobody else sends it.
    static let overflowSignal = Int32(SIGSTKFLT)

    /// Lets it run on, without the signal that stopped it.
    mutating func runToStop() throws(MeasurementError) -> Stop {
        try traced { () throws(TraceError) in
            if let stop = try leaveBreakpoints() { return stop }
            try resume()
            return try wait()
        }
    }

    /// The same, to the next entry or exit of a system call.
    mutating func runToSystemCall() throws(MeasurementError) -> Stop {
        try traced { () throws(TraceError) in
            if let stop = try leaveBreakpoints() { return stop }
            try resumeToSystemCall()
            return try wait()
        }
    }

    /// Off the instructions with breakpoints, of which one may follow the other. Nil where it stands on none now, else what
    /// stopped it there.
    private mutating func leaveBreakpoints() throws(TraceError) -> Stop? {
        while let stop = try leaveBreakpoint() {
            if stop != .stopped(signal: SIGTRAP) { return stop }
        }
        return nil
    }

    mutating func executeInstruction() throws(MeasurementError) -> Stop {
        try traced { () throws(TraceError) in
            if let stop = try leaveBreakpoint() { return stop }
            try step()
            return try wait()
        }
    }

    func userRegisters() throws(MeasurementError) -> UserRegisters {
        try traced { () throws(TraceError) in try registers() }
    }
}
