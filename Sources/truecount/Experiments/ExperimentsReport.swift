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
        if result.interrupted == true {
            lines += style.wrapped("INTERRUPTED · stopped early; these are the results so far", hanging: 2) + [""]
        }
        lines += RecordingText.lines(experiments, style)
        lines += ["", "What was seen in 2018, here:"]
        var observed = TextTable()
        for observation in observations {
            observed.add(
                "  " + observation.question, observation.seen.map { $0 ? "yes" : "no" } ?? "?", observation.answer)
        }
        lines += RecordingText.lines(observed, style) + [""]
        lines += style.wrapped(conclusion, hanging: 2)
        return lines.joined(separator: "\n") + "\n"
    }

    /// Exact counts say nothing of PMIs that never came.
    private static let withoutPMI = "not measured: no PMI came"

    private var experiments: TextTable {
        var table = TextTable()
        if let record = result.record {
            table.add(
                "  recording exact", Figures.counted(record.pmis, "PMI"),
                record.pmis == 0 && record.check.isExact
                    ? Self.withoutPMI : RecordingText.answer(record.check, "expected")
            )
        }
        if let replay = result.replay {
            table.add(
                "  replay equals recording", Figures.counted(replay.replay.events, "event"),
                RecordingText.answer(replay.againstRecording, "recorded"))
        }
        if let repetition = result.repetition {
            table.add(
                "  recordings equal", Figures.counted(UInt64(repetition.recordings), "run"),
                repetition.recordingsAreEqual ? "yes" : "no: \(repetition.differingRecordings) differ from the first")
            table.add(
                "  replays equal", Figures.counted(UInt64(repetition.replays), "run"),
                repetition.replaysAreEqual ? "yes" : "no: \(repetition.differingReplays) differ from the first")
        }
        if let injection = result.injection {
            table.add("  points reached", Figures.counted(injection.targets, "point"), Self.text(injection))
        }
        if let slicing = result.slicing {
            table.add(
                "  alternating children exact", Figures.counted(slicing.switches, "PMI"),
                slicing.switches == 0
                    ? Self.withoutPMI
                    : slicing.isExact ? "yes" : "no: low by \(slicing.deficitAtEnd.grouped) in all")
        }
        if let carry = result.carry {
            table.add(
                "  carried timeline replays", Figures.counted(carry.replay.events, "event"),
                RecordingText.answer(carry.againstRecording, "recorded"))
        }
        if let control = result.control {
            let planted = Figures.counted(control.recording.plantedTotal ?? 0, "branch")
            table.add(
                "  planted loss found", Figures.counted(control.recording.pmis, "PMI"),
                control.recording.pmis == 0
                    ? Self.withoutPMI
                    : (control.isFound ? "yes" : "no")
                        + ", \(planted) planted, \(control.recording.check.deficitAtEnd.grouped) missing")
        }
        return table
    }

    private static func text(_ injection: InjectResult) -> String {
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
            return "DIFFERS · rr and other tools that rely on these counts fail here; truecount diagnose shows why"
        case .inconclusive:
            let reason =
                result.interrupted == true
                ? "interrupted before the end"
                : result.control?.isFound == false
                    ? result.control?.recording.pmis == 0
                        ? "no PMI came; choose a shorter --period, or more --events" : "the planted loss was not seen"
                    : "another user of the PMU took the counter away for a while; stop it and try again"
            return "INCONCLUSIVE · \(reason)"
        case .nothingDiffers:
            return "NOTHING DIFFERS · "
                + (result.source == .hardware
                    ? "recordings replay, and their points are reached"
                    : "the kernel's perf core, its signals and ptrace are exact; whether PMIs lose branches cannot be tested without a core PMU")
        }
    }
}
