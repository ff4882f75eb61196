// Question: what would a recorder note down at each event of a program whose counter interrupts?
//
// Method: the program runs in a traced child with the counter on its thread, interrupting every `period` counts. At
// each event, and at each PMI, the counter is read while the child stands still.
// Expected: the counter says at each event what the closed form says, and at each PMI what the program's own registers
// say.
// Verdict: a count that differs is a difference; the first one, the PMIs before it and the last one's size are told.

import CPerf
import Measurement
import PerfEvents

/// How a count compared with the closed form, over a whole run.
public struct CountCheck: Codable, Sendable, Hashable {
    /// Events at which the count was compared, the end included.
    public var events: UInt64 = 0
    /// Events at which it was another one.
    public var differing: UInt64 = 0
    /// The first of them.
    public var first: FirstDifference?
    /// Expected minus counted at the end: a deficit where positive, a surplus where negative.
    public var deficitAtEnd: Int64 = 0

    public var isExact: Bool { differing == 0 }

    mutating func compare(_ kind: EventKind, counted: UInt64, expected: UInt64, pmisBefore: UInt64) {
        deficitAtEnd = Int64(bitPattern: expected &- counted)
        let pmisBefore = max(pmisBefore, pmisAtLastEvent)
        if counted != expected {
            differing += 1
            if first == nil {
                first = FirstDifference(
                    event: events, kind: kind, expected: expected, counted: counted, pmisBefore: pmisBefore,
                    pmisSinceLastEvent: pmisBefore - pmisAtLastEvent)
            }
        }
        pmisAtLastEvent = pmisBefore
        events += 1
    }

    private var pmisAtLastEvent: UInt64 = 0

    /// PMIs that can have changed a count: those whose signal came before, and one more where the counter has
    /// overflowed already. A PMI that comes while the program enters the kernel signals only when it leaves it, behind
    /// the event.
    static func pmis(signalled: UInt64, count: UInt64, period: UInt64?) -> UInt64 {
        guard let period, period > 0, count / period > signalled else { return signalled }
        return signalled + 1
    }

    private enum CodingKeys: CodingKey {
        case events, differing, first, deficitAtEnd
    }

    public init() {}
}

/// The first event at which two counts differ.
public struct FirstDifference: Codable, Sendable, Hashable {
    /// Its number, from 0.
    public var event: UInt64
    public var kind: EventKind
    /// What it should have been: the closed form's count, or the recording's.
    public var expected: UInt64
    public var counted: UInt64
    /// PMIs of the recording that came before it.
    public var pmisBefore: UInt64
    /// Of these, those that came since the event before it.
    public var pmisSinceLastEvent: UInt64

    /// Expected minus counted.
    public var deficit: Int64 { Int64(bitPattern: expected &- counted) }
}

/// What the counter said at the PMIs themselves, where the program's registers say how far it really was.
public struct PMICheck: Codable, Sendable, Hashable {
    /// PMIs whose true position is known.
    public var located: UInt64 = 0
    /// Of these, PMIs at which more had got lost than at the one before: a loss that is there when the interrupt is
    /// taken.
    public var losing: UInt64 = 0
    /// Least and most counts between an overflow and its PMI, as the counter has it and as it really was. Absent
    /// without PMIs, and the true ones for taken branches.
    public var apparentSkid: SkidRange?
    public var skid: SkidRange?

    private var lossSoFar: Int64 = 0

    private enum CodingKeys: CodingKey {
        case located, losing, apparentSkid, skid
    }

    public init() {}

    mutating func add(counted: UInt64, truePosition: UInt64?, overflow: UInt64) {
        let apparent = Int64(bitPattern: counted &- overflow)
        apparentSkid = SkidRange.extended(apparentSkid, by: apparent)
        guard let truePosition else { return }
        located += 1
        let loss = Int64(bitPattern: truePosition &- counted)
        if loss > lossSoFar { losing += 1 }
        skid = SkidRange.extended(skid, by: apparent + loss - lossSoFar)
        lossSoFar = loss
    }

    /// What was lost behind the PMI by intent is nothing that the next one has lost.
    mutating func excuse(_ planted: Int64) { lossSoFar += planted }
}

/// Least and most.
public struct SkidRange: Codable, Sendable, Hashable {
    public var min: Int64
    public var max: Int64

    static func extended(_ range: SkidRange?, by value: Int64) -> SkidRange {
        SkidRange(min: Swift.min(range?.min ?? value, value), max: Swift.max(range?.max ?? value, value))
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

/// Makes one recording, and hands each of its entries over as it comes.
///
/// - Throws: ``RecordingError``; also what `take` throws.
public func record(
    _ plan: RecordingPlan, _ events: CountedEvents, isInterrupted: () -> Bool = { false },
    take: (TimelineEntry) throws(RecordingError) -> Void = { _ in }
) throws(RecordingError) -> RecordResult {
    try onTracingThread(cpu: plan.cpu) { () throws(RecordingError) in
        var recorder = try Recorder(plan, events)
        while try recorder.advance(take) {
            if isInterrupted() { throw .interrupted }
        }
        return recorder.result
    }
}

/// One recording while it is made.
private struct Recorder: ~Copyable {
    private var run: CountedProgram
    private let plan: RecordingPlan
    private var planter: LossPlanter?
    private var steps: SeededGenerator
    private var check = CountCheck()
    private var atPMIs = PMICheck()

    init(_ plan: RecordingPlan, _ events: CountedEvents) throws(RecordingError) {
        run = try CountedProgram(plan.program, events, period: plan.period, cpu: plan.cpu)
        self.plan = plan
        planter = plan.planted.map(LossPlanter.init)
        steps = SeededGenerator(seed: ~plan.program.seed)
    }

    /// False at the end.
    mutating func advance(_ take: (TimelineEntry) throws(RecordingError) -> Void) throws(RecordingError) -> Bool {
        switch try run.next() {
        case .event(let kind, let count, let expected):
            let pmis = CountCheck.pmis(signalled: run.pmis, count: count, period: plan.period)
            check.compare(kind, counted: count, expected: expected, pmisBefore: pmis)
            try take(.event(kind, count: count))
        case .overflow: try noteOverflow(take)
        case .ended: return false
        }
        return true
    }

    private mutating func noteOverflow(
        _ take: (TimelineEntry) throws(RecordingError) -> Void
    ) throws(RecordingError) {
        let (count, position) = (try run.count(), try run.truePosition())
        atPMIs.add(counted: count, truePosition: position, overflow: run.pmis * (plan.period ?? 0))
        if plan.stepsBehindPMI > 0 { try stepOn() }
        let registers = try run.process.registers()
        if let offset = run.process.code.offset(of: registers.instruction_pointer) {
            try take(.pmi(RecordedPMI(count: try run.count(), offset: offset, remaining: registers.remaining)))
        }
        guard planter != nil else { return }
        let before = planter?.total ?? 0
        try planter?.plant(in: &run)
        atPMIs.excuse(Int64((planter?.total ?? 0) - before))
    }

    /// A few instructions on, inside the segment's loop. Not onto a counted breakpoint: its place has two counts, one
    /// before it fires and one after.
    private mutating func stepOn() throws(RecordingError) {
        var left = 1 + steps.next() % plan.stepsBehindPMI
        while true {
            let registers = try run.process.registers()
            guard let offset = run.process.code.offset(of: registers.instruction_pointer),
                offset >= run.process.code.loop, offset < run.process.code.left
            else { return }
            if left == 0, run.walk.counting != .loopBranch || offset != run.process.code.site { return }
            try run.step()
            left -= min(left, 1)
        }
    }

    var result: RecordResult {
        RecordResult(
            check: check, pmis: run.pmis, atPMIs: atPMIs, timeEnabled: run.lastReading.timeEnabled,
            timeRunning: run.lastReading.timeRunning, plantedTotal: planter?.total,
            strayTraps: run.strayTraps > 0 ? run.strayTraps : nil, multiplexed: run.isMultiplexed ? true : nil)
    }
}
