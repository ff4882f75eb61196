import Diagnosis
import Measurement
import Reporting

/// The output of `truecount experiments`.
struct ExperimentsReport: Codable {
    var schemaVersion = reportSchemaVersion
    var tool = Tool.current
    var outcome: ExperimentsResult.Outcome
    /// The six observations of 2018.
    var observations: [Observation]
    var result: ExperimentsResult

    init(result: ExperimentsResult) {
        outcome = result.outcome
        observations = result.observations
        self.result = result
    }

    var exitStatus: ExitStatus {
        switch outcome {
        case .differs: .faulty
        case .inconclusive: .inconclusive
        case .nothingDiffers: result.source == .hardware ? .success : .unsupported
        }
    }

    func text(_ source: RecordingSource, style: TextStyle) -> String {
        var lines = source.heading("recording seed \(result.program.seed)", style: style)
        if let planted = result.planted {
            lines.removeLast()
            lines +=
                style.wrapped(
                    "PLANTED · truecount itself loses \(planted.low) to \(planted.high) branches at each PMI; nothing below is a fault of this machine",
                    hanging: 2) + [""]
        }
        lines += RecordingText.lines(experiments)
        lines += ["", "What was seen in 2018, here:"]
        var observed = TextTable()
        for observation in observations {
            observed.add(
                "  " + observation.question, observation.seen.map { $0 ? "yes" : "no" } ?? "?", observation.answer)
        }
        lines += RecordingText.lines(observed) + [""]
        lines += style.wrapped(conclusion, hanging: 2)
        return lines.joined(separator: "\n") + "\n"
    }

    private var experiments: TextTable {
        var table = TextTable()
        let (record, repetition) = (result.record, result.repetition)
        table.add(
            "  recording exact", Figures.counted(record.pmis, "PMI"), RecordingText.answer(record.check, "expected"))
        table.add(
            "  replay equals recording", Figures.counted(result.replay.replay.events, "event"),
            RecordingText.answer(result.replay.againstRecording, "recorded"))
        table.add(
            "  recordings equal", Figures.counted(UInt64(repetition.recordings), "run"),
            repetition.recordingsAreEqual ? "yes" : "no: \(repetition.differingRecordings) differ from the first")
        table.add(
            "  replays equal", Figures.counted(UInt64(repetition.replays), "run"),
            repetition.replaysAreEqual ? "yes" : "no: \(repetition.differingReplays) differ from the first")
        table.add("  points reached", Figures.counted(result.injection.targets, "point"), injected)
        table.add(
            "  children that take turns exact", Figures.counted(result.slicing.switches, "PMI"),
            result.slicing.isExact ? "yes" : "no: low by \(result.slicing.deficitAtEnd) in all")
        if let carry = result.carry {
            table.add(
                "  carried timeline replays", Figures.counted(carry.replay.events, "event"),
                RecordingText.answer(carry.againstRecording, "recorded"))
        }
        if let control = result.control {
            let planted = Figures.counted(control.recording.plantedTotal ?? 0, "branch")
            table.add(
                "  planted loss found", Figures.counted(control.recording.pmis, "PMI"),
                (control.isFound ? "yes" : "no")
                    + ", \(planted) planted, \(control.recording.check.deficitAtEnd) missing")
        }
        return table
    }

    private var injected: String {
        let injection = result.injection
        let skid = injection.skid.map { "; skid needed \(RecordingText.range($0)) of \(injection.skidLimit)" } ?? ""
        guard !injection.isExact else { return "yes\(skid)" }
        let outcomes = [
            (injection.elsewhere, "elsewhere"), (injection.overshot, "overshot"), (injection.missed, "missed"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return "no: \(outcomes.joined(separator: ", "))\(skid)"
    }

    private var conclusion: String {
        switch outcome {
        case .differs:
            return "DIFFERS · a recorder that relies on these counts fails here; why says: truecount diagnose"
        case .inconclusive:
            return "INCONCLUSIVE · "
                + (result.control?.isFound == false
                    ? "the planted loss was not seen"
                    : "a counter was not on the PMU all the time; end its other users")
        case .nothingDiffers:
            return "NOTHING DIFFERS · "
                + (result.source == .hardware
                    ? "recordings replay, and their points are reached"
                    : "the kernel's perf core, its signals and ptrace are exact; whether PMIs lose branches cannot be told without a core PMU")
        }
    }
}
