/// One of the six observations of November 2018 (Kyle Huey to LKML, "counter freezing breaks rr"), asked of this
/// machine.
public struct Observation: Codable, Sendable, Hashable {
    public var id: String
    public var question: String
    /// Whether it is seen here; absent where nothing here can tell.
    public var seen: Bool?
    /// Figures and the reason, a sentence.
    public var answer: String
}

extension Observation {
    static func all(_ result: ExperimentsResult) -> [Observation] {
        [
            of("count-low-after-pmi", "recording is low after PMIs", result.record, countIsLow),
            of("seen-at-next-event", "first seen at the event after a PMI", result.record, seenAtNextEvent),
            of("replay-higher", "replay, without PMIs, is right and higher", result.replay, replayIsHigher),
            of("recordings-differ", "recordings differ from the first PMI on", result.repetition, recordingsDiffer),
            of("recording-is-wrong", "the recording is wrong, not the replay", result.carry ?? result.replay) {
                recordingIsWrong($0, isCarried: result.carry != nil)
            },
            of("lost-before-interrupt", "lost between overflow and interrupt", result.record, lostBeforeInterrupt),
        ]
    }

    /// What a part of the experiments says; of one that was not carried out, that.
    private static func of<Part>(
        _ id: String, _ question: String, _ part: Part?, _ observed: (Part) -> (seen: Bool?, answer: String)
    ) -> Observation {
        let (seen, answer) = part.map(observed) ?? (nil, "interrupted before it was tried")
        return Observation(id: id, question: question, seen: seen, answer: answer)
    }

    private static func countIsLow(_ record: RecordResult) -> (seen: Bool?, answer: String) {
        let (check, pmis) = (record.check, record.pmis)
        let isLow = check.deficitAtEnd > 0 && (check.first?.pmisBefore ?? 0) > 0
        let answer =
            isLow
            ? "\(check.deficitAtEnd.grouped) lost in \(times(pmis))"
            : check.isExact
                ? pmis > 0 ? "exact after \(times(pmis))" : "no PMI came"
                : "off by \((-check.deficitAtEnd).grouped), but not for that reason"
        return (pmis > 0 || !check.isExact ? isLow : nil, answer)
    }

    private static func seenAtNextEvent(_ record: RecordResult) -> (seen: Bool?, answer: String) {
        let first = record.check.first
        let answer =
            first.map { first in
                first.pmisBefore == 0
                    ? "event \(first.event) differs before any PMI"
                    : "event \(first.event) (\(first.kind)) is the first, \(times(first.pmisSinceLastEvent)) since the event before"
            } ?? "no event differs"
        return (record.pmis > 0 || first != nil ? (first?.pmisSinceLastEvent ?? 0) > 0 : nil, answer)
    }

    private static func replayIsHigher(_ replay: ReplayResult) -> (seen: Bool?, answer: String) {
        let isHigher = replay.diverges && replay.replay.isExact && replay.againstRecording.deficitAtEnd < 0
        let answer =
            if isHigher {
                "replay is exact, and \((-replay.againstRecording.deficitAtEnd).grouped) higher than the recording at the end"
            } else if replay.diverges {
                "replay differs from event \(replay.againstRecording.first?.event ?? 0) on"
                    + (replay.replay.isExact ? "" : ", and is not exact itself")
            } else {
                "\(replay.replay.events.grouped) events replay with the recorded counts"
            }
        return (isHigher, answer)
    }

    private static func recordingsDiffer(_ repetition: RepeatResult) -> (seen: Bool?, answer: String) {
        let differs =
            !repetition.recordingsAreEqual && repetition.replaysAreEqual && !repetition.differsBeforeFirstPMI
        let recordings =
            repetition.recordingsAreEqual
            ? "\(repetition.recordings) recordings are equal"
            : "\(repetition.differingRecordings) of \(repetition.recordings) recordings differ from the first, from event "
                + "\(repetition.firstDifference?.event ?? 0) on, after \(times(repetition.firstDifference?.pmisBefore ?? 0))"
        let replays =
            repetition.replaysAreEqual
            ? "\(repetition.replays) runs without PMIs are equal"
            : "\(repetition.differingReplays) of \(repetition.replays) runs without PMIs differ from the first"
        return (differs, "\(recordings); \(replays)")
    }

    private static func recordingIsWrong(
        _ carried: ReplayResult, isCarried: Bool
    ) -> (seen: Bool?, answer: String) {
        let isWrong = carried.diverges && !carried.recording.isExact && carried.replay.isExact
        let place =
            isCarried
            ? "the timeline of Linux \(carried.recordedOn.kernel)"
            : "the recording made here (--carry FILE tries one from another kernel)"
        let answer =
            switch (carried.recording.isExact, carried.replay.isExact) {
            case (true, true): "\(place) is right, and replays"
            case (false, true): "\(place) is wrong, the replay here is right"
            case (true, false): "\(place) is right, the replay here is wrong"
            case (false, false): "\(place) is wrong, and so is the replay here"
            }
        return (isWrong, answer)
    }

    private static func lostBeforeInterrupt(_ record: RecordResult) -> (seen: Bool?, answer: String) {
        let (atPMIs, check) = (record.atPMIs, record.check)
        let isLost = check.deficitAtEnd > 0
        guard let apparent = atPMIs.apparentSkid else { return (nil, "no PMI came") }
        guard let skid = atPMIs.skid else { return (nil, "registers do not show taken branches") }
        let figures =
            "skid \(skid.min.grouped) to \(skid.max.grouped), by the counter \(apparent.min.grouped) to \(apparent.max.grouped)"
        if atPMIs.losing > 0 { return (true, "missing already at \(times(atPMIs.losing)): \(figures)") }
        return (false, isLost ? "lost after the PMIs, not before them: \(figures)" : "nothing lost: \(figures)")
    }
}

/// "1 PMI", "12 PMIs".
private func times(_ pmis: UInt64) -> String { pmis == 1 ? "1 PMI" : "\(pmis.grouped) PMIs" }
