import CPerf
import Glibc
import Measurement
import PerfEvents
import Workloads

/// A recorded program with a counter on its thread: pinned, user space only, read while the program stands still.
///
/// With a period the counter interrupts; the overflow's signal stops the program and is swallowed, as rr does.
struct CountedProgram: ~Copyable {
    enum Stop {
        case event(EventKind, count: UInt64, expected: UInt64)
        /// A PMI's signal.
        case overflow
        /// It has ended, as it should.
        case ended
    }

    /// The signal that rr takes for overflows (kernel-and-rr.md 2.1): nobody else sends it.
    private static let overflowSignal = Int32(SIGSTKFLT)

    private(set) var process: RecordedProcess
    let counter: Counter
    private(set) var walk: SegmentWalk
    private let events: CountedEvents
    private var isInsideSystemCall = true
    private(set) var pmis: UInt64 = 0
    /// Debug exceptions that no breakpoint claimed: a hypervisor shows an old one again (stray_trap.h).
    private(set) var strayTraps: UInt64 = 0
    /// At the last event.
    private(set) var lastReading = Reading(value: 0, timeEnabled: 0, timeRunning: 0)
    private(set) var isMultiplexed = false

    /// - Parameter period: counts between two overflows; nil for none.
    init(
        _ program: RecordedProgram, _ events: CountedEvents, period: UInt64?, cpu: Int
    ) throws(RecordingError) {
        let process = try RecordedProcess.start(program, cpu: cpu)
        let counter = try Self.open(events, process, period: period)
        // It stands at the entry of the system call with which it begins: no branch of its own has been retired.
        try perf { () throws(PerfError) in try counter.enable() }
        walk = SegmentWalk(program, BranchCounting(events))
        self.counter = counter
        self.events = events
        self.process = process
    }

    private static func open(
        _ events: CountedEvents, _ process: borrowing RecordedProcess, period: UInt64?
    ) throws(RecordingError) -> Counter {
        var attributes = EventAttributes(event: process.code.siteEvent)
        if case .hardware(let rcb, _) = events.kind {
            attributes = EventAttributes(event: rcb.event)
            // A pinned event that finds no counter says so with an empty read instead of being multiplexed in silence.
            attributes.isPinned = true
        }
        attributes.samplePeriod = period
        return try open(attributes, process)
    }

    private static func open(
        _ attributes: EventAttributes, _ process: borrowing RecordedProcess
    ) throws(RecordingError) -> Counter {
        let thread = process.id
        return try perf { () throws(PerfError) in
            let counter = try Counter(attributes, thread: thread)
            if attributes.samplePeriod != nil { try counter.deliverOverflow(signal: overflowSignal, toThread: thread) }
            return counter
        }
    }

    /// Stops the program, as an overflow does, whenever it comes to a place, before it executes what is there.
    func stop(at offset: UInt32) throws(RecordingError) -> Counter {
        var attributes = EventAttributes(event: .breakpoint(executing: UInt(process.code.address) + UInt(offset)))
        attributes.samplePeriod = 1
        return try enabled(Self.open(attributes, process))
    }

    /// A second counter of the same event that interrupts once it has counted so much from here on.
    func interrupt(after counts: UInt64) throws(RecordingError) -> Counter {
        try enabled(Self.open(events, process, period: counts))
    }

    private func enabled(_ counter: consuming Counter) throws(RecordingError) -> Counter {
        try perf { () throws(PerfError) in try counter.enable() }
        return counter
    }

    /// The counter's value.
    func count() throws(RecordingError) -> UInt64 {
        do {
            return try counter.read().value
        } catch {
            throw .perf(error)
        }
    }

    /// Lets the program run to its next event or PMI.
    mutating func next() throws(RecordingError) -> Stop {
        while true {
            try process.resume()
            let stop = try process.wait()
            switch stop {
            case .stopped(signal: RecordedProcess.systemCallStop):
                isInsideSystemCall.toggle()
                if isInsideSystemCall, let event = try systemCallEvent() { return event }
            case .stopped(signal: Self.overflowSignal):
                pmis += 1
                return .overflow
            case .stopped(signal: SIGUSR1):
                return try event(.signal, stop)
            case .stopped(signal: SIGSEGV):
                return try event(walk.kind == .identification ? .identification : .fault, stop)
            case .stopped(signal: SIGTRAP):
                strayTraps += 1
            case .exited(status: 0) where walk.kind == nil:
                return .ended
            case .stopped, .exited, .killed:
                throw misbehaved(stop)
            }
        }
    }

    /// Nil at the call with which the program sends itself its signal: the event is the signal.
    private mutating func systemCallEvent() throws(RecordingError) -> Stop? {
        guard let kind = walk.kind else { return nil }
        if kind == .signal { return nil }
        return try event(kind == .end ? .end : .systemCall, .stopped(signal: RecordedProcess.systemCallStop))
    }

    /// Looks whether the program stands where the seed says, reads the counter, and lets the closed form go on.
    private mutating func event(_ kind: EventKind, _ stop: TracedChild.Stop) throws(RecordingError) -> Stop {
        let registers = try process.registers()
        guard
            kind == walk.kind, registers.segments == walk.program.segments - walk.index,
            process.code.offset(of: registers.instruction_pointer) == process.code.place(of: kind)
        else { throw RecordingError.child("\(place): it stopped where its seed does not lead") }
        let reading = try read()
        lastReading = reading
        if !reading.isFullyScheduled { isMultiplexed = true }
        if let behind = process.code.placeBehind(kind) { try process.move(to: behind) }
        let expected = walk.expected
        walk.pass()
        return .event(kind, count: reading.value, expected: expected)
    }

    private func read() throws(RecordingError) -> Reading {
        do {
            return try counter.read()
        } catch {
            throw .perf(error)
        }
    }

    /// From the entry of an event's system call to behind it, where single steps are of the program's own instructions.
    mutating func leaveSystemCall() throws(RecordingError) {
        while isInsideSystemCall {
            try process.resume()
            let stop = try process.wait()
            switch stop {
            case .stopped(signal: RecordedProcess.systemCallStop): isInsideSystemCall = false
            case .stopped(signal: SIGTRAP): strayTraps += 1
            default: throw misbehaved(stop)
            }
        }
    }

    /// Lets the program execute one instruction of a segment. A PMI's signal may come before it: look at the registers.
    mutating func step() throws(RecordingError) {
        try process.step()
        let stop = try process.wait()
        switch stop {
        case .stopped(signal: SIGTRAP): return
        case .stopped(signal: Self.overflowSignal): pmis += 1
        default: throw misbehaved(stop)
        }
    }

    /// Counts that the program has really reached, by its registers; nil where they do not tell.
    func truePosition() throws(RecordingError) -> UInt64? {
        walk.position(try process.registers(), in: process.code)
    }

    private func misbehaved(_ stop: TracedChild.Stop) -> RecordingError {
        .child("\(place): \(stop.sentence)")
    }

    private var place: String { "the recorded program went astray before event \(walk.index)" }
}
