import ArgumentParser
import Diagnosis
import Measurement
import Reporting

struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record a known program as rr would: the branch count at each event.",
        discussion: """
            A traced child runs a program with known branch counts. Its events are system calls, signals, faults, and \
            CPUID where it can be made to fault. The counter interrupts, and is read at each event. The file appears \
            only when the recording is complete.

            Examples:
              truecount experiments record -o program.timeline
              truecount experiments record -o program.timeline --events 100000 --seed 7
              truecount experiments record -o program.timeline --pmu breakpoint --period 53

            Exit codes:
              0   every count is right
              1   some are wrong; the recording is kept
              3   interrupted or disturbed
              4   nothing can be counted or traced here
              64  wrong usage
              70  internal error
              74  the file or the output could not be written
            """)

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("Write the timeline to this file.", valueName: "file"), completion: .file())
    var output: String

    @OptionGroup var program: RecordingOptions

    @Option(help: "What to print: text to read, json for programs.")
    var format: OutputOptions.Format = .text

    @OptionGroup var colour: ColourOption

    func run() throws {
        let destination = try OutputDestination(path: output)
        guard destination != .standardOutput else {
            throw Failure.usage("--output \(output): the summary is printed there; name a file for the timeline")
        }
        Interruption.watch()
        let source = try RecordingSource(program.pmu, cpu: program.cpu)
        let plan = try program.plan(for: source, events: 1000)
        let progress = Progress()
        defer { progress.erase() }
        progress.show("recording", "recording", number: 1, of: 1)
        let recorded = try recording { () throws(MeasurementError) in try source.recorder.record(plan) }
        progress.erase()
        let header = TimelineHeader(plan, source.events, origin: source.origin, toolVersion: Tool.current.version)
        try TimelineFile.write(Timeline(header, recorded), to: destination)
        let report = RecordReport(header: header, file: output, recorded)
        try format.show(report, colour.color) { report.text(source, style: $0) }
        throw ExitStatus(differs: !report.result.check.isExact, isDisturbed: report.result.multiplexed == true)
    }
}

/// The output of `truecount experiments record`.
struct RecordReport: Codable {
    struct Totals: Codable {
        var events: UInt64
        var pmis: UInt64
    }

    var schemaVersion = reportSchemaVersion
    var tool = Tool.current
    var header: TimelineHeader
    var file: String
    /// Of the file.
    var totals: Totals
    var result: RecordResult

    init(header: TimelineHeader, file: String, _ recording: Recording) {
        self.header = header
        self.file = file
        totals = Totals(events: UInt64(recording.events.count), pmis: UInt64(recording.pmis.count))
        result = recording.result
    }

    func text(_ source: RecordingSource, style: TextStyle) -> String {
        let check = result.check
        let program = header.program
        var lines = source.heading("recording seed \(program.seed)", style: style)
        var table = TextTable()
        table.add(
            "  counts at events exact", Figures.counted(check.events, "event"), RecordingText.answer(check, "expected"))
        table.add("  counts at PMIs exact", Figures.counted(result.pmis, "PMI"), RecordingText.answer(result.atPMIs))
        lines += RecordingText.lines(table, style)
        lines.append("")
        let what = "\(Figures.counted(totals.events, "event")) and \(Figures.counted(totals.pmis, "PMI")) in \(file)"
        lines += style.wrapped(
            (check.isExact ? "RECORDED · " : "RECORDED WRONGLY · ") + printable(what), hanging: 2)
        if !check.isExact {
            lines += style.wrapped(
                "a replay without PMIs cannot reach these counts; find out why: truecount diagnose", indent: 2)
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
