// Question: can a replay be stopped at exactly the point at which a recording was interrupted? rr has to, for each
// signal and each switch of threads.
//
// Method: a recording notes at each PMI the program counter and the count. Of these points some are drawn. A replay
// goes to the event before the point, programs an interrupt short of it by the skid limit, and runs on from there from
// one breakpoint at the recorded program counter to the next, until the count is the recorded one, too.
// Expected: there the program's own registers are the recorded ones, too.
// Verdict: a point is reached; or its count comes at another place (elsewhere); or the replay is past it when it can
// look (overshot); or the next event comes first (missed). What is not reached would be a failed replay.

import CPerf
import Workloads

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
    /// Most stops at a breakpoint that a point took: how long the limit made the way.
    public var mostStops: UInt64 = 0
    /// Runs of the program that it took.
    public var replays: UInt64 = 0
    /// Points that the recording offered.
    public var offered: UInt64 = 0

    public var isExact: Bool { reached == targets }
}

extension Recorder {
    /// Records a program, and reaches points of the recording in replays.
    ///
    /// - Parameters:
    ///   - plan: with a period. Each PMI offers a point, if it lies in a segment's loop or right behind it.
    ///   - targets: how many points to draw; all where the recording offers fewer.
    ///   - skidLimit: 1 or more.
    public func inject(
        _ plan: RecordingPlan, targets: Int, skidLimit: UInt64
    ) throws(MeasurementError) -> InjectResult {
        let places = try ProgramCode().places
        var plan = plan
        plan.stepsBehindPMI = 12
        let pmis = try record(plan).pmis
        var points = pmis.indices.filter { pmis[$0].offset >= places.loop && pmis[$0].offset <= places.left }
        var generator = SeededGenerator(seed: plan.program.seed &+ 1)
        var result = InjectResult(skidLimit: skidLimit, offered: UInt64(points.count))
        points.shuffle(using: &generator)
        let drawn = points.prefix(targets)
        for start in stride(from: drawn.startIndex, to: drawn.endIndex, by: Injection.targetsPerReplay) {
            let some = drawn[start..<min(start + Injection.targetsPerReplay, drawn.endIndex)].sorted()
            try onItsCPU { () throws(MeasurementError) in
                var injection = Injection(
                    run: try CountedProgram(plan.program, events, period: nil, cpu: cpu), result: result)
                for index in some {
                    try goOn()
                    try injection.go(to: pmis[index], self)
                }
                result = injection.result
            }
            result.replays += 1
        }
        return result
    }
}

/// One replay that stops at several points.
private struct Injection: ~Copyable {
    /// A replay starts a child and runs to its last target; its targets share that.
    static let targetsPerReplay = 50

    var run: CountedProgram
    var result: InjectResult

    /// Runs to the event before a point, and from there to the point.
    mutating func go(to point: RecordedPMI, _ recorder: Recorder) throws(MeasurementError) {
        while run.walk.index < point.event {
            try recorder.goOn()
            guard case .event = try run.next() else {
                throw .child("the recorded program did not reach the event that was recorded")
            }
        }
        result.targets += 1
        try reach(point)
    }

    private mutating func reach(_ point: RecordedPMI) throws(MeasurementError) {
        guard run.walk.index == point.event, try approach(point) else {
            result.missed += 1
            return
        }
        // A breakpoint need not fire where the program stands already.
        if try run.offset() == point.offset, try judge(point) { return }
        let breakpoint = try run.stop(at: point.offset)
        var stops: UInt64 = 0
        var isOnTheWay = true
        while isOnTheWay {
            switch try run.next() {
            case .overflow:
                stops += 1
                isOnTheWay = try !judge(point)
            case .event, .ended:
                result.missed += 1
                isOnTheWay = false
            }
        }
        _ = consume breakpoint
        result.mostStops = max(result.mostStops, stops)
    }

    /// At the recorded program counter: false where the recorded count is still to come.
    private mutating func judge(_ point: RecordedPMI) throws(MeasurementError) -> Bool {
        let count = try run.count()
        if count < point.count { return false }
        if count > point.count {
            result.overshot += 1
        } else if try run.child.userRegisters().remaining == point.remaining {
            result.reached += 1
        } else {
            result.elsewhere += 1
        }
        return true
    }

    /// Runs to where the breakpoint is worth its stops. False where an event came first.
    private mutating func approach(_ point: RecordedPMI) throws(MeasurementError) -> Bool {
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
        case .event, .ended: return false
        }
    }
}
