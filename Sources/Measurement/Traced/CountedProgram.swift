import CPerf
import Glibc
import PerfEvents
import Workloads

/// The recorded program in a traced child with a counter on its thread: pinned, user space only, read while the program
/// stands still.
///
/// With a period the counter interrupts; the overflow's signal stops the program and is swallowed, as rr does.
struct CountedProgram: ~Copyable {
    enum Stop {
        /// It came to an event.
        case event(TimelineRow)
        /// A PMI's signal.
        case overflow
        /// It has ended, as it should.
        case ended
    }

    private(set) var child: TracedChild
    let code: ProgramCode
    let counter: Counter
    private(set) var walk: SegmentWalk
    private let events: CountedEvents
    private let period: UInt64?
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
    ) throws(MeasurementError) {
        let code = try ProgramCode()
        var child = try code.start(program, cpu: cpu)
        if events.source == .breakpoint { child.expectBreakpoint(at: code.address + UInt64(code.places.site)) }
        let counter = try Self.open(Self.attributes(events, code, period: period), on: child.processID)
        // It stands at the entry of the system call with which it begins: no branch of its own has been retired.
        try perf { () throws(PerfError) in try counter.enable() }
        walk = SegmentWalk(program, events.counts)
        self.counter = counter
        self.events = events
        self.period = period
        self.code = code
        self.child = child
    }

    private static func attributes(_ events: CountedEvents, _ code: ProgramCode, period: UInt64?) -> EventAttributes {
        var attributes =
            switch events.kind {
            case .breakpoint: RunEvents.attributes(code.siteEvent)
            case .hardware(let rcb, _): RunEvents.attributes(rcb.event)
            }
        attributes.samplePeriod = period
        return attributes
    }

    private static func open(_ attributes: EventAttributes, on thread: Int32) throws(MeasurementError) -> Counter {
        try perf { () throws(PerfError) in
            let counter = try Counter(attributes, thread: thread)
            if attributes.samplePeriod != nil {
                try counter.deliverOverflow(signal: TracedChild.overflowSignal, toThread: thread)
            }
            return counter
        }
    }

    /// Stops the program, as an overflow does, whenever it comes to a place, before it executes what is there.
    mutating func stop(at offset: UInt32) throws(MeasurementError) -> Counter {
        child.expectBreakpoint(at: code.address + UInt64(offset))
        var attributes = EventAttributes(event: .breakpoint(executing: UInt(code.address) + UInt(offset)))
        attributes.samplePeriod = 1
        return try enabled(attributes)
    }

    /// A second counter of the same event that interrupts once it has counted so much from here on.
    func interrupt(after counts: UInt64) throws(MeasurementError) -> Counter {
        try enabled(Self.attributes(events, code, period: counts))
    }

    private func enabled(_ attributes: EventAttributes) throws(MeasurementError) -> Counter {
        let counter = try Self.open(attributes, on: child.processID)
        try perf { () throws(PerfError) in try counter.enable() }
        return counter
    }

    /// The counter's value.
    func count() throws(MeasurementError) -> UInt64 { try read().value }

    private func read() throws(MeasurementError) -> Reading {
        try perf { () throws(PerfError) in try counter.read() }
    }

    /// Where the program stands; nil outside of it.
    func offset() throws(MeasurementError) -> UInt32? { code.offset(of: try child.userRegisters()) }

    /// Lets the program run to its next event or PMI.
    mutating func next() throws(MeasurementError) -> Stop {
        while true {
            let stop = try child.runToSystemCall()
            switch stop {
            case .systemCall:
                isInsideSystemCall.toggle()
                // The call with which the program sends itself its signal is none: the event is the signal.
                guard isInsideSystemCall, let kind = walk.kind, kind != .signal else { continue }
                return try event(kind == .end ? .end : .systemCall)
            case .stopped(signal: TracedChild.overflowSignal):
                pmis += 1
                return .overflow
            case .stopped(signal: SIGUSR1): return try event(.signal)
            case .stopped(signal: SIGSEGV): return try event(walk.kind == .identification ? .identification : .fault)
            case .stopped(signal: SIGTRAP): strayTraps += 1
            case .exited(status: 0) where walk.kind == nil: return .ended
            case .stopped, .exited, .killed: throw astray(stop)
            }
        }
    }

    /// Looks whether the program stands where the seed says, reads the counter, and lets the closed form go on.
    private mutating func event(_ kind: EventKind) throws(MeasurementError) -> Stop {
        let registers = try child.userRegisters()
        guard
            kind == walk.kind, registers.segmentsLeft == walk.program.segments - walk.index,
            code.offset(of: registers) == code.place(of: kind)
        else { throw MeasurementError.child("\(place): it stopped at a place that does not follow from its seed") }
        let reading = try read()
        lastReading = reading
        if !reading.isFullyScheduled { isMultiplexed = true }
        if let behind = code.placeBehind(kind) {
            try traced { () throws(TraceError) in try child.move(to: code.address + UInt64(behind)) }
        }
        let row = TimelineRow(
            event: walk.index, kind: kind.rawValue,
            pmisBefore: Self.pmis(signalled: pmis, count: reading.value, period: period), expected: walk.expected,
            counted: reading.value)
        walk.pass()
        return .event(row)
    }

    /// PMIs that can have changed a count: those whose signal came before, and one more where the counter has
    /// overflowed already. A PMI that comes while the program enters the kernel signals only when it leaves it, behind
    /// the event.
    static func pmis(signalled: UInt64, count: UInt64, period: UInt64?) -> UInt64 {
        guard let period, period > 0, count / period > signalled else { return signalled }
        return signalled + 1
    }

    /// From the entry of an event's system call to behind it, where single steps are of the program's own instructions.
    mutating func leaveSystemCall() throws(MeasurementError) {
        while isInsideSystemCall {
            let stop = try child.runToSystemCall()
            switch stop {
            case .systemCall: isInsideSystemCall = false
            case .stopped(signal: SIGTRAP): strayTraps += 1
            default: throw astray(stop)
            }
        }
    }

    private func astray(_ stop: TracedChild.Stop) -> MeasurementError { .child("\(place): \(stop.sentence)") }

    private var place: String { "the recorded program stopped unexpectedly before event \(walk.index)" }
}

extension CountedProgram: LosingRun {
    /// Whether the loss ends well before the segment does: where an event came meanwhile, it would be lost as well.
    func hasRoom(for counts: UInt64) throws(MeasurementError) -> Bool {
        let registers = try child.userRegisters()
        guard let offset = code.offset(of: registers) else { return false }
        return code.isInLoop(offset) && registers.remaining > counts + 2
    }

    /// A PMI's signal may come before the instruction: look at the registers.
    mutating func step() throws(MeasurementError) {
        let stop = try child.executeInstruction()
        switch stop {
        case .stopped(signal: SIGTRAP): return
        case .stopped(signal: TracedChild.overflowSignal): pmis += 1
        default: throw astray(stop)
        }
    }

    func truePosition() throws(MeasurementError) -> UInt64? { walk.position(try child.userRegisters(), in: code) }

    func standsBeforeCountedBreakpoint() throws(MeasurementError) -> Bool {
        guard walk.counting == .oneBranch else { return false }
        return try offset() == code.places.site
    }

    func setCounting(_ isOn: Bool) throws(MeasurementError) {
        try perf { () throws(PerfError) in try isOn ? counter.enable() : counter.disable() }
    }
}
