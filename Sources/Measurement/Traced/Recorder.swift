// Question: what would a recorder note down at each event of a program whose counter interrupts?
//
// Method: the program runs in a traced child with the counter on its thread, interrupting every `period` counts. At
// each event, and at each PMI, the counter is read while the child stands still.
// Expected: the counter says at each event what the closed form says, and at each PMI what the program's own registers
// say.
// Verdict: a count that differs is a difference; the first one, the PMIs before it and the last one's size are told.

import CPerf
import PerfEvents
import Workloads

/// A recording to be made.
public struct RecordingPlan: Sendable, Hashable {
    public var program: RecordedProgram
    /// Counts between two overflows, 2 or more; nil for none, which is what a replay does.
    public var period: UInt64?
    /// Losses to plant at the PMIs (the control); nil for none.
    public var planted: PlantedLosses?
    /// Instructions to execute behind each PMI before its place is noted, one to so many, drawn from the program's
    /// seed: the places then are not only those where interrupts come. 0 for none.
    var stepsBehindPMI: UInt64 = 0

    public init(program: RecordedProgram, period: UInt64?, planted: PlantedLosses? = nil) {
        self.program = program
        self.period = period
        self.planted = planted
    }
}

/// Records programs, replays them, and does with recordings what rr does, on one CPU.
///
/// Each of its methods binds the calling thread to that CPU and holds its signals back until it returns, and throws
/// ``MeasurementError``.
public struct Recorder {
    public let events: CountedEvents
    public let cpu: Int
    /// Asked at each stop of a child; where it says yes, ``MeasurementError/interrupted`` is thrown.
    private let isInterrupted: () -> Bool

    public init(_ events: CountedEvents, cpu: Int, isInterrupted: @escaping () -> Bool = { false }) {
        self.events = events
        self.cpu = cpu
        self.isInterrupted = isInterrupted
    }

    /// Makes one recording.
    public func record(_ plan: RecordingPlan) throws(MeasurementError) -> Recording {
        try onItsCPU { () throws(MeasurementError) in
            var run = try RecordingRun(plan, events, cpu: cpu)
            while try run.advance() { try goOn() }
            return run.recording
        }
    }

    /// Where it was asked to stop it does not.
    func goOn() throws(MeasurementError) {
        if isInterrupted() { throw .interrupted }
    }

    /// Runs `body` with this thread bound to the CPU, so that tracer and children take turns there, and with its
    /// signals held back, so that none interrupts a wait.
    func onItsCPU<Value>(_ body: () throws(MeasurementError) -> Value) throws(MeasurementError) -> Value {
        let pinned = try PinnedThread.bound(to: cpu)
        let signals = BlockedSignals()
        let outcome: Result<Value, MeasurementError>
        do {
            outcome = .success(try body())
        } catch {
            outcome = .failure(error)
        }
        _ = consume signals
        _ = consume pinned
        return try outcome.get()
    }
}

/// What one recording, or one run without PMIs, saw.
public struct RecordResult: Codable, Sendable, Hashable {
    public var check: CountCheck
    /// PMIs' signals that stopped the program.
    public var pmis: UInt64
    public var atPMIs: PMICheck
    /// Nanoseconds that the counter was enabled, and that it was on the PMU, up to the last event.
    public var timeEnabled: UInt64
    public var timeRunning: UInt64
    /// Counts lost by intent, by the program's own registers; absent in every recording but a control's.
    public var plantedTotal: UInt64?
    /// Debug exceptions that no breakpoint claimed, where there were any.
    public var strayTraps: UInt64?
    /// True where the counter was not on the PMU all the time, else absent: then no count is one of everything.
    public var multiplexed: Bool?
}

/// A recording: its result, and what it noted down.
public struct Recording: Sendable, Hashable {
    public var result: RecordResult
    public var events: [TimelineRow]
    public var pmis: [RecordedPMI]
    /// Iterations of all segments together.
    public var iterations: UInt64
}

/// One recording while it is made.
private struct RecordingRun: ~Copyable {
    private var run: CountedProgram
    private let plan: RecordingPlan
    private var planter: LossPlanter?
    private var steps: SeededGenerator
    private var check = CountCheck()
    private var atPMIs = PMICheck()
    private var events: [TimelineRow] = []
    private var pmis: [RecordedPMI] = []

    init(_ plan: RecordingPlan, _ events: CountedEvents, cpu: Int) throws(MeasurementError) {
        run = try CountedProgram(plan.program, events, period: plan.period, cpu: cpu)
        self.plan = plan
        planter = plan.planted.map(LossPlanter.init)
        steps = SeededGenerator(seed: ~plan.program.seed)
    }

    /// False at the end.
    mutating func advance() throws(MeasurementError) -> Bool {
        switch try run.next() {
        case .event(let row): events.append(check.compare(row))
        case .overflow: try noteOverflow()
        case .ended: return false
        }
        return true
    }

    private mutating func noteOverflow() throws(MeasurementError) {
        let (count, position) = (try run.count(), try run.truePosition())
        atPMIs.add(counted: count, truePosition: position, overflow: run.pmis * (plan.period ?? 0))
        if plan.stepsBehindPMI > 0 { try stepOn() }
        let registers = try run.child.userRegisters()
        if let offset = run.code.offset(of: registers) {
            pmis.append(
                RecordedPMI(
                    event: run.walk.index, count: try run.count(), offset: offset, remaining: registers.remaining))
        }
        guard planter != nil else { return }
        let before = planter?.total ?? 0
        try planter?.plant(in: &run)
        atPMIs.excuse((planter?.total ?? 0) - before)
    }

    /// A few instructions on, inside the segment's loop. Not onto a counted breakpoint: its place has two counts, one
    /// before it fires and one after.
    private mutating func stepOn() throws(MeasurementError) {
        var left = 1 + steps.next() % plan.stepsBehindPMI
        while let offset = try run.offset(), run.code.isInLoop(offset) {
            if left == 0, run.walk.counting != .oneBranch || offset != run.code.places.site { return }
            try run.step()
            left -= min(left, 1)
        }
    }

    var recording: Recording {
        Recording(
            result: RecordResult(
                check: check, pmis: run.pmis, atPMIs: atPMIs, timeEnabled: run.lastReading.timeEnabled,
                timeRunning: run.lastReading.timeRunning, plantedTotal: planter?.total,
                strayTraps: run.strayTraps > 0 ? run.strayTraps : nil, multiplexed: run.isMultiplexed ? true : nil),
            events: events, pmis: pmis, iterations: run.walk.iterationsPassed)
    }
}
