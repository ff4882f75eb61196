// Question: does a recording replay?
//
// Method: the program of the timeline runs again, with a counter that does not interrupt. At each event its count is
// compared with the recorded one, and with the closed form.
// Expected: equal, at every event.
// Verdict: it diverges at the first event that differs. Whether PMIs came before it says whether they can have been the
// cause; the closed form says which of the two is wrong.
//
// Carry is the same with a timeline from another kernel or CPU: the result names both places.

import Measurement

/// What a replay said of a timeline.
public struct ReplayResult: Codable, Sendable, Hashable {
    /// Where the timeline was recorded, and where it was replayed.
    public var recordedOn: RecordingOrigin
    public var replayedOn: RecordingOrigin
    /// Replay against recording; the recorded counts are the expected ones.
    public var againstRecording: CountCheck
    /// Replay and recording against the closed form.
    public var replay: CountCheck
    public var recording: CountCheck
    /// PMIs of the recording.
    public var recordedPMIs: UInt64
    public var strayTraps: UInt64?
    public var multiplexed: Bool?

    /// Whether the recording was made elsewhere.
    public var isCarried: Bool { recordedOn != replayedOn }
    public var diverges: Bool { !againstRecording.isExact }
    /// Whether a count differs before there was any PMI: then PMIs alone are not to blame.
    public var differsBeforeFirstPMI: Bool { againstRecording.first.map { $0.pmisBefore == 0 } ?? false }
}

/// Replays a timeline.
///
/// - Parameter next: the timeline's next entry; nil at its end.
/// - Throws: ``RecordingError``; also what `next` throws.
public func replay(
    _ header: TimelineHeader, _ events: CountedEvents, cpu: Int, on origin: RecordingOrigin,
    isInterrupted: () -> Bool = { false },
    next: () throws(RecordingError) -> TimelineEntry?
) throws(RecordingError) -> ReplayResult {
    do {
        try header.check(BranchCounting(events))
    } catch {
        throw .timeline(error)
    }
    return try onTracingThread(cpu: cpu) { () throws(RecordingError) in
        var result = ReplayResult(
            recordedOn: header.origin, replayedOn: origin, againstRecording: CountCheck(), replay: CountCheck(),
            recording: CountCheck(), recordedPMIs: 0)
        var run = try CountedProgram(header.program, events, period: nil, cpu: cpu)
        loop: while true {
            switch try run.next() {
            case .event(let kind, let count, let expected):
                let recorded = try nextEvent(kind, &result, next)
                let pmis = CountCheck.pmis(
                    signalled: result.recordedPMIs, count: recorded, period: header.period)
                result.againstRecording.compare(kind, counted: count, expected: recorded, pmisBefore: pmis)
                result.replay.compare(kind, counted: count, expected: expected, pmisBefore: 0)
                result.recording.compare(kind, counted: recorded, expected: expected, pmisBefore: pmis)
            case .overflow: throw .child("a PMI's signal came in a replay, whose counter does not interrupt")
            case .ended: break loop
            }
            if isInterrupted() { throw .interrupted }
        }
        guard try next() == nil else { throw .timeline(.otherEvents(event: result.replay.events)) }
        result.strayTraps = run.strayTraps > 0 ? run.strayTraps : nil
        result.multiplexed = run.isMultiplexed ? true : nil
        return result
    }
}

/// The recorded count of the next event, past the PMIs before it.
private func nextEvent(
    _ kind: EventKind, _ result: inout ReplayResult, _ next: () throws(RecordingError) -> TimelineEntry?
) throws(RecordingError) -> UInt64 {
    while true {
        switch try next() {
        case .pmi?: result.recordedPMIs += 1
        case .event(kind, let count)?: return count
        case .event?, nil: throw .timeline(.otherEvents(event: result.replay.events))
        }
    }
}
