// Question: can a replay be stopped at exactly the point at which a recording was interrupted? rr has to, for each
// signal and each switch of threads.
//
// Method: a recording notes at each PMI the program counter and the count. Of these points some are drawn. A replay
// goes to the event before the point, programs an interrupt short of it by the skid limit, and single-steps from there
// until program counter and count are the recorded ones.
// Expected: there the program's own registers are the recorded ones, too.
// Verdict: a point is reached; or its count comes at another place (elsewhere); or the replay is past it when it can
// look (overshot); or the next event comes first (missed). What is not reached would be a failed replay.

import CPerf
import Measurement

/// What injecting showed.
public struct InjectResult: Codable, Sendable, Hashable {
    /// Points that were tried.
    public var targets: UInt64 = 0
    /// Points at which the registers were the recorded ones.
    public var reached: UInt64 = 0
    /// The program counter and the count were right, and the registers not.
    public var elsewhere: UInt64 = 0
    public var overshot: UInt64 = 0
    public var missed: UInt64 = 0
    /// Counts by which an interrupt was programmed short of its target.
    public var skidLimit: UInt64
    /// Least and most counts between the programmed overflow and the stop: how large the limit had to be. Absent where
    /// every target was nearer than the limit.
    public var skid: SkidRange?
    public var mostSteps: UInt64 = 0
    /// Runs of the program that it took.
    public var replays: UInt64 = 0
    /// Points that the recording offered.
    public var offered: UInt64 = 0

    public var isExact: Bool { reached == targets }
}

/// Records a program, and reaches points of the recording in replays.
///
/// - Parameters:
///   - plan: with a period. Each PMI offers a point, if it lies in a segment's loop or right behind it.
///   - targets: how many points to draw; all where the recording offers fewer.
///   - skidLimit: 1 or more.
/// - Throws: ``RecordingError``.
public func inject(
    _ plan: RecordingPlan, _ events: CountedEvents, targets: Int, skidLimit: UInt64,
    isInterrupted: () -> Bool = { false }
) throws(RecordingError) -> InjectResult {
    let code = try ProgramCode()
    var plan = plan
    plan.stepsBehindPMI = 12
    var entries: [TimelineEntry] = []
    _ = try record(plan, events, isInterrupted: isInterrupted) { entries.append($0) }
    var points = entries.indices.filter { index in
        guard case .pmi(let pmi) = entries[index] else { return false }
        return pmi.offset >= code.loop && pmi.offset <= code.left
    }
    var generator = SeededGenerator(seed: plan.program.seed &+ 1)
    var result = InjectResult(skidLimit: skidLimit, offered: UInt64(points.count))
    points.shuffle(using: &generator)
    let drawn = points.prefix(targets)
    for start in stride(from: drawn.startIndex, to: drawn.endIndex, by: Injection.targetsPerReplay) {
        let some = Set(drawn[start..<min(start + Injection.targetsPerReplay, drawn.endIndex)])
        try onTracingThread(cpu: plan.cpu) { () throws(RecordingError) in
            var injection = try Injection(plan, events, result: result)
            try injection.run(entries, targets: some, isInterrupted)
            result = injection.result
        }
    }
    return result
}

/// One replay that stops at several points.
private struct Injection: ~Copyable {
    /// A replay starts a child and runs to its last target; its targets share that.
    static let targetsPerReplay = 50

    private var run: CountedProgram
    private(set) var result: InjectResult
    /// Events that came while a target was looked for.
    private var eventsAhead = 0

    init(_ plan: RecordingPlan, _ events: CountedEvents, result: InjectResult) throws(RecordingError) {
        run = try CountedProgram(plan.program, events, period: nil, cpu: plan.cpu)
        self.result = result
    }

    mutating func run(
        _ entries: [TimelineEntry], targets: Set<Int>, _ isInterrupted: () -> Bool
    ) throws(RecordingError) {
        result.replays += 1
        var left = targets.count
        for (index, entry) in entries.enumerated() where left > 0 {
            if isInterrupted() { throw .interrupted }
            switch entry {
            case .pmi(let point) where targets.contains(index):
                left -= 1
                result.targets += 1
                try reach(point)
            case .pmi: break
            case .event where eventsAhead > 0: eventsAhead -= 1
            case .event:
                guard case .event = try run.next() else {
                    throw .child("the recorded program did not come to the event that was recorded")
                }
            }
        }
    }

    private mutating func reach(_ point: RecordedPMI) throws(RecordingError) {
        guard eventsAhead == 0, try approach(point) else {
            result.missed += 1
            return
        }
        var steps: UInt64 = 0
        while true {
            let count = try run.count()
            let registers = try run.process.registers()
            guard count <= point.count else {
                result.overshot += 1
                break
            }
            guard let offset = run.process.code.offset(of: registers.instruction_pointer) else {
                throw .child("the recorded program left its own code")
            }
            if count == point.count, offset == point.offset {
                if registers.remaining == point.remaining { result.reached += 1 } else { result.elsewhere += 1 }
                break
            }
            // The event is the tracer's, and must not be stepped over.
            if isAtEvent(registers, offset) {
                result.missed += 1
                break
            }
            try run.step()
            steps += 1
        }
        result.mostSteps = max(result.mostSteps, steps)
    }

    /// Runs to where the single steps begin. False where an event came first.
    private mutating func approach(_ point: RecordedPMI) throws(RecordingError) -> Bool {
        try run.leaveSystemCall()
        let now = try run.count()
        guard point.count > now, point.count - now > result.skidLimit else { return true }
        let distance = point.count - now - result.skidLimit
        let interrupt = try run.interrupt(after: distance)
        let stop = try run.next()
        _ = consume interrupt
        switch stop {
        case .overflow:
            let skid = Int64(bitPattern: try run.count() &- now &- distance)
            result.skid = SkidRange.extended(result.skid, by: skid)
            return true
        case .event:
            eventsAhead += 1
            return false
        case .ended: return false
        }
    }

    /// Whether the loop of the segment is over, and what comes next is its event.
    private func isAtEvent(_ registers: cperf_recorded_registers, _ offset: UInt32) -> Bool {
        let segmentsLeft = run.walk.program.segments - min(run.walk.index, run.walk.program.segments)
        let isBehindLoop = offset >= run.process.code.left && offset < run.process.code.next
        return run.walk.kind == .end || registers.segments == segmentsLeft && isBehindLoop
    }
}
