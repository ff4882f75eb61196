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
            countIsLow(result), seenAtNextEvent(result), replayIsHigher(result), recordingsDiffer(result),
            recordingIsWrong(result), lostBeforeInterrupt(result),
        ]
    }

    private static func countIsLow(_ result: ExperimentsResult) -> Observation {
        let (check, pmis) = (result.record.check, result.record.pmis)
        let isLow = check.deficitAtEnd > 0 && (check.first?.pmisBefore ?? 0) > 0
        return Observation(
            id: "count-low-after-pmi", question: "recording is low after PMIs", seen: isLow,
            answer: isLow
                ? "\(check.deficitAtEnd) lost in \(times(pmis))"
                : check.isExact
                    ? "exact after \(times(pmis))" : "off by \(-check.deficitAtEnd), and not for that reason")
    }

    private static func seenAtNextEvent(_ result: ExperimentsResult) -> Observation {
        let first = result.record.check.first
        let answer =
            first.map { first in
                first.pmisBefore == 0
                    ? "event \(first.event) differs before any PMI"
                    : "event \(first.event) (\(first.kind)) is the first, \(times(first.pmisSinceLastEvent)) since the event before"
            } ?? "no event differs"
        return Observation(
            id: "seen-at-next-event", question: "first seen at the event behind a PMI",
            seen: (first?.pmisSinceLastEvent ?? 0) > 0, answer: answer)
    }

    private static func replayIsHigher(_ result: ExperimentsResult) -> Observation {
        let replay = result.replay
        let isHigher = replay.diverges && replay.replay.isExact && replay.againstRecording.deficitAtEnd < 0
        let answer =
            if isHigher {
                "replay is exact, and \(-replay.againstRecording.deficitAtEnd) higher than the recording at the end"
            } else if replay.diverges {
                "replay differs from event \(replay.againstRecording.first?.event ?? 0) on"
                    + (replay.replay.isExact ? "" : ", and is not exact itself")
            } else {
                "\(replay.replay.events) events replay with the recorded counts"
            }
        return Observation(
            id: "replay-higher", question: "replay, without PMIs, is right and higher", seen: isHigher, answer: answer)
    }

    private static func recordingsDiffer(_ result: ExperimentsResult) -> Observation {
        let repetition = result.repetition
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
        return Observation(
            id: "recordings-differ", question: "recordings differ from the first PMI on", seen: differs,
            answer: "\(recordings); \(replays)")
    }

    private static func recordingIsWrong(_ result: ExperimentsResult) -> Observation {
        let carried = result.carry ?? result.replay
        let isWrong = carried.diverges && !carried.recording.isExact && carried.replay.isExact
        let place =
            result.carry.map { "the timeline of Linux \($0.recordedOn.kernel)" }
            ?? "the recording made here (--carry FILE tries one from another kernel)"
        let answer =
            switch (carried.recording.isExact, carried.replay.isExact) {
            case (true, true): "\(place) is right, and replays"
            case (false, true): "\(place) is wrong, the replay here is right"
            case (true, false): "\(place) is right, the replay here is wrong"
            case (false, false): "\(place) is wrong, and so is the replay here"
            }
        return Observation(
            id: "recording-is-wrong", question: "the recording is what is wrong", seen: isWrong, answer: answer)
    }

    private static func lostBeforeInterrupt(_ result: ExperimentsResult) -> Observation {
        let (atPMIs, check) = (result.record.atPMIs, result.record.check)
        let isLost = check.deficitAtEnd > 0
        let question = "lost between overflow and interrupt"
        func observation(_ seen: Bool?, _ answer: String) -> Observation {
            Observation(id: "lost-before-interrupt", question: question, seen: seen, answer: answer)
        }
        guard let apparent = atPMIs.apparentSkid else { return observation(nil, "no PMI came") }
        guard let skid = atPMIs.skid else { return observation(nil, "registers do not tell taken branches") }
        let figures = "skid \(skid.min) to \(skid.max), as the counter has it \(apparent.min) to \(apparent.max)"
        if atPMIs.losing > 0 { return observation(true, "missing already at \(times(atPMIs.losing)): \(figures)") }
        return observation(
            false, isLost ? "lost behind the PMIs, not before them: \(figures)" : "nothing is: \(figures)")
    }
}

/// "1 PMI", "12 PMIs".
private func times(_ pmis: UInt64) -> String { pmis == 1 ? "1 PMI" : "\(pmis) PMIs" }
