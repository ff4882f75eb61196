// Question: are recordings of the same program equal to each other, and are replays?
//
// Method: the program is recorded several times, and run as often without PMIs. Each count at each event is compared
// with that of the first recording, or of the first run without PMIs.
// Expected: all are equal.
// Verdict: recordings that differ while replays do not, and not before the first PMI, are what PMIs make of them.

/// What repetition showed.
public struct RepeatResult: Codable, Sendable, Hashable {
    public var recordings: Int
    public var replays: Int
    /// Recordings that differ from the first one.
    public var differingRecordings = 0
    /// Runs without PMIs that differ from the first one.
    public var differingReplays = 0
    /// The earliest event at which a recording differs from the first one, whose counts are the expected ones.
    public var firstDifference: FirstDifference?
    /// Of each recording, expected minus counted at the end.
    public var deficits: [Int64] = []
    /// The same of each run without PMIs.
    public var replayDeficits: [Int64] = []
    public var pmis: [UInt64] = []
    public var multiplexed: Bool?

    public var recordingsAreEqual: Bool { differingRecordings == 0 }
    public var replaysAreEqual: Bool { differingReplays == 0 }
    /// Whether recordings differ before there was any PMI in both: then PMIs alone are not to blame.
    public var differsBeforeFirstPMI: Bool { firstDifference.map { $0.pmisBefore == 0 } ?? false }
}

extension Recorder {
    /// Records a program so many times, and runs it as many times without PMIs.
    ///
    /// - Parameter count: 2 or more, for there to be something to compare.
    public func repeatRecording(_ plan: RecordingPlan, count: Int) throws(MeasurementError) -> RepeatResult {
        var result = RepeatResult(recordings: count, replays: count)
        var (withPMIs, without) = (Repetition(), Repetition())
        for number in 0..<count {
            var plan = plan
            // Losses that were the same in every recording would be no picture of the fault.
            plan.planted?.seed &+= UInt64(number)
            let recorded = withPMIs.compare(try record(plan))
            result.deficits.append(recorded.check.deficitAtEnd)
            result.pmis.append(recorded.pmis)
            plan.period = nil
            plan.planted = nil
            let replayed = without.compare(try record(plan))
            result.replayDeficits.append(replayed.check.deficitAtEnd)
            if recorded.multiplexed == true || replayed.multiplexed == true { result.multiplexed = true }
        }
        result.differingRecordings = withPMIs.differing
        result.differingReplays = without.differing
        result.firstDifference = withPMIs.earliest
        return result
    }
}

/// The same run several times, compared with the first.
private struct Repetition {
    private var first: [TimelineRow] = []
    private(set) var differing = 0
    private(set) var earliest: FirstDifference?

    mutating func compare(_ recording: Recording) -> RecordResult {
        if first.isEmpty { first = recording.events }
        var check = CountCheck()
        for (own, other) in zip(recording.events, first) {
            var row = own
            row.expected = other.counted
            row.pmisBefore = max(own.pmisBefore, other.pmisBefore)
            check.compare(row)
        }
        if let difference = check.first {
            differing += 1
            if difference.event < earliest?.event ?? .max { earliest = difference }
        }
        return recording.result
    }
}
