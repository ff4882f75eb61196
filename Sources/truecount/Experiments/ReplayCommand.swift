import ArgumentParser
import Diagnosis
import Measurement
import Reporting

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Replay a recorded program without interrupts, and compare the counts.",
        discussion: """
            The timeline may come from another kernel, or another CPU of this architecture; the output names both. The \
            replay counts with the same source as the recording: the core PMU, or a breakpoint counter.

            Examples:
              truecount experiments replay program.timeline
              truecount experiments replay program.timeline --format json
              truecount experiments replay other-kernel.timeline --cpu 2

            Exit codes:
              0   every event has the recorded count
              1   some differ: the recording does not replay
              3   interrupted or disturbed
              4   nothing can be counted or traced here
              64  wrong usage
              70  internal error
              74  the file is damaged, from another version or architecture, or cannot
                  be read; or the output could not be written
            """)

    @Argument(
        help: ArgumentHelp("The timeline that truecount experiments record wrote.", valueName: "file"),
        completion: .file())
    var file: String

    @Option(help: ArgumentHelp("Replay on this CPU instead of the first allowed one.", valueName: "number"))
    var cpu: Int?

    @Option(help: "What to print: text to read, json for programs.")
    var format: OutputOptions.Format = .text

    @OptionGroup var colour: ColourOption

    func run() throws {
        Interruption.watch()
        let timeline = try readTimeline(file)
        let source = try RecordingSource(timeline.header.source == .breakpoint ? .breakpoint : .hardware, cpu: cpu)
        let progress = Progress()
        defer { progress.erase() }
        progress.show("replay", "replay", number: 1, of: 1)
        let result = try recording { () throws(MeasurementError) in
            try source.recorder.replay(timeline, on: source.origin)
        }
        progress.erase()
        let report = ReplayReport(file: file, header: timeline.header, result: result)
        try format.show(report, colour.color) { report.text(source, style: $0) }
        throw ExitStatus(differs: result.diverges, isDisturbed: result.multiplexed == true)
    }
}

/// The output of `truecount experiments replay`.
struct ReplayReport: Codable {
    var schemaVersion = reportSchemaVersion
    var tool = Tool.current
    var file: String
    var header: TimelineHeader
    var result: ReplayResult

    func text(_ source: RecordingSource, style: TextStyle) -> String {
        var lines = source.heading("replaying \(printable(file)), seed \(header.program.seed),", style: style)
        lines.removeLast()
        let recorded = "recorded on \(RecordingSource.place(result.recordedOn)), counting \(header.event)"
        lines += style.wrapped(printable(result.isCarried ? recorded : "recorded here"), hanging: 2) + [""]
        let events = Figures.counted(result.replay.events, "event")
        var table = TextTable()
        table.add("  replay equals recording", events, RecordingText.answer(result.againstRecording, "recorded"))
        table.add("  replay exact", events, RecordingText.answer(result.replay, "expected"))
        table.add("  recording exact", events, RecordingText.answer(result.recording, "expected"))
        lines += RecordingText.lines(table, style)
        lines += [""] + style.wrapped(conclusion, hanging: 2)
        return lines.joined(separator: "\n") + "\n"
    }

    private var conclusion: String {
        guard result.diverges else {
            return
                "REPLAYED · every event has the recorded count, \(Figures.counted(result.recordedPMIs, "PMI")) in the recording"
        }
        let culprit =
            switch (result.recording.isExact, result.replay.isExact) {
            case (false, true): "the recording is wrong, the replay is right"
            case (true, false): "the recording is right, the replay is wrong"
            default: "both are wrong"
            }
        let pmis =
            result.differsBeforeFirstPMI
            ? "it begins before the first PMI, so PMIs are not the only cause" : "nothing differs before the first PMI"
        return "DIVERGES · \(culprit); \(pmis)"
    }
}
