import CPerf
import Glibc
import PerfEvents
import SystemPackage
import Workloads

/// The positive control: a run in a traced child that loses a known number of counts at each PMI.
///
/// The overflow's signal stops the child, as it stops rr's tracee. The kernel disables both events, the child is
/// single-stepped until its own registers say that enough has passed, and both are enabled again.
struct PlantedLossRun: ~Copyable {
    private let plan: RunPlan
    private let events: CountedEvents
    private let cpu: Int
    private var child: TracedChild
    private var opened: RunEvents
    private var planted: PlantedLoss
    private var strayTraps: UInt64 = 0

    /// The signal that rr takes for overflows (kernel-and-rr.md 2.1): nobody else sends it.
    private static let overflowSignal = Int32(SIGSTKFLT)

    init(_ plan: RunPlan, _ events: CountedEvents, loss: UInt64, on pinned: borrowing PinnedThread)
        throws(MeasurementError)
    {
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
        planted = PlantedLoss(perPMI: loss, total: 0, pmis: 0)
    }

    mutating func carryOut() throws(MeasurementError) -> RunRecord {
        let signals = BlockedSignals()
        let observer = RunObserver(cpu: cpu)
        let switches = try ContextSwitches.ofReapedChildren()
        try follow()
        _ = consume signals
        try checkWindow(child.window.pointee)
        let switched = try ContextSwitches.ofReapedChildren().since(switches)
        return try observer.record(
            plan, events, &opened, switched: switched, planted: planted, strayTrapsOfChild: strayTraps)
    }

    /// From the start of the child to its end.
    private mutating func follow() throws(MeasurementError) {
        try resume()
        while true {
            switch try wait() {
            case .stopped(signal: Self.overflowSignal):
                planted.pmis += 1
                if planted.perPMI > 0 { try plant() }
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

    private mutating func plant() throws(MeasurementError) {
        // The signal may stop the child before or after the branch that its breakpoint stands on. One step with the
        // counters still enabled, and that branch has been counted exactly once, whichever it was.
        try step()
        let before = try position()
        // Past the end there is nothing left to lose, and the counters must not come back to count what follows.
        guard before + planted.perPMI < events.expected(plan.workload, iterations: plan.iterations) else { return }
        try perf { () throws(PerfError) in try opened.disableAll() }
        var now = before
        var isPast = false
        while !isPast {
            try step()
            now = try position()
            guard now >= before + planted.perPMI else { continue }
            isPast = try !standsBeforeTheCountedBranch()
        }
        planted.total += now - before
        try perf { () throws(PerfError) in try opened.enableAll() }
    }

    /// Counts reached by the child's own registers.
    private func position() throws(MeasurementError) -> UInt64 {
        let registers = try registers()
        let position = events.truePosition(
            plan.workload, iterations: plan.iterations, registers: registers, samplesOtherEvent: false)
        guard let position else {
            throw .implausible("the child of \(plan.workload.name) stands outside its routine at a PMI")
        }
        return position
    }

    /// A breakpoint counts before its instruction executes. If the counter came back right there, the branch that has
    /// been passed already would be counted.
    private func standsBeforeTheCountedBranch() throws(MeasurementError) -> Bool {
        guard events.source == .breakpoint else { return false }
        return try registers().instructionPointer == UInt64(plan.workload.site)
    }

    private func registers() throws(MeasurementError) -> UserRegisters {
        try traced { () throws(TraceError) in try child.registers() }
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

    private mutating func step() throws(MeasurementError) {
        try traced { () throws(TraceError) in try child.step() }
        let stop = try wait()
        guard case .stopped(signal: SIGTRAP) = stop else {
            throw .implausible("a single step of \(plan.workload.name)'s child ended with \(stop)")
        }
    }
}
