// Question: does a recording replay?
//
// Method: the program of the timeline runs again, with a counter that does not interrupt. At each event its count is
// compared with the recorded one, and with the closed form.
// Expected: equal, at every event.
// Verdict: it diverges at the first event that differs. Whether PMIs came before it says whether they can have been the
// cause; the closed form says which of the two is wrong.
//
// Carry is the same with a timeline from another kernel or CPU: the result names both places.

/// What a replay said of a timeline.
public struct ReplayResult: Codable, Sendable, Hashable {
    /// Where the timeline was recorded, and where it was replayed.
    public var recordedOn: RecordingOrigin
    public var replayedOn: RecordingOrigin
    /// Replay against recording; the recorded counts are the expected ones.
    public var againstRecording = CountCheck()
    /// Replay and recording against the closed form.
    public var replay = CountCheck()
    public var recording = CountCheck()
    /// PMIs of the recording.
    public var recordedPMIs: UInt64
    public var strayTraps: UInt64?
    public var multiplexed: Bool?

    fileprivate init(_ timeline: Timeline, on origin: RecordingOrigin) {
        recordedOn = timeline.header.origin
        replayedOn = origin
        recordedPMIs = UInt64(timeline.pmis.count)
    }

    /// Whether the recording was made elsewhere.
    public var isCarried: Bool { recordedOn != replayedOn }
    public var diverges: Bool { !againstRecording.isExact }
    /// Whether a count differs before there was any PMI: then PMIs alone are not to blame.
    public var differsBeforeFirstPMI: Bool { againstRecording.first.map { $0.pmisBefore == 0 } ?? false }

    fileprivate mutating func compare(_ row: TimelineRow, recorded: TimelineRow) {
        replay.compare(row)
        var other = row
        other.pmisBefore = recorded.pmisBefore
        other.expected = recorded.counted
        againstRecording.compare(other)
        other.expected = row.expected
        other.counted = recorded.counted
        recording.compare(other)
    }
}

extension Recorder {
    /// Replays a timeline.
    ///
    /// - Throws: ``MeasurementError/timeline(_:)`` where it is of another architecture or program or counts something
    ///   else, or where its events are not those of the program that it names.
    public func replay(_ timeline: Timeline, on origin: RecordingOrigin) throws(MeasurementError) -> ReplayResult {
        try timeline.header.check(events)
        return try onItsCPU { () throws(MeasurementError) in
            var result = ReplayResult(timeline, on: origin)
            var recorded = timeline.events.makeIterator()
            var run = try CountedProgram(timeline.header.program, events, period: nil, cpu: cpu)
            loop: while true {
                switch try run.next() {
                case .event(let row):
                    guard let recorded = recorded.next(), recorded.event == row.event, recorded.kind == row.kind else {
                        throw Self.otherEvents(row.event)
                    }
                    result.compare(row, recorded: recorded)
                case .overflow: throw .child("a PMI's signal came during a replay, whose counter does not interrupt")
                case .ended: break loop
                }
                try goOn()
            }
            guard recorded.next() == nil else { throw Self.otherEvents(result.replay.events) }
            result.strayTraps = run.strayTraps > 0 ? run.strayTraps : nil
            result.multiplexed = run.isMultiplexed ? true : nil
            return result
        }
    }

    private static func otherEvents(_ event: UInt64) -> MeasurementError {
        .timeline(
            "event \(event) of the timeline does not follow from its seed: its header and its events do not match"
        )
    }
}
