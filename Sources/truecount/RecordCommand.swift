import ArgumentParser
import Measurement
import Recording
import Reporting

struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record what a debugger such as rr would: the count at each event.",
        discussion: """
            A traced child runs a program whose branches are known in advance, with events between: system calls, \
            signals, faults, CPUID where it can be made to fault. The counter interrupts, and is read at each event. \
            The file is there only once the recording is whole.

            Examples:
              truecount record -o program.timeline
              truecount record -o program.timeline --events 100000 --seed 7
              truecount record -o program.timeline --pmu breakpoint --period 53

            Exit codes:
              0   every count is the known one
              1   some are not: the recording is wrong, and is kept
              3   interrupted or disturbed
              4   nothing can be counted or traced here
              64  a mistake in the command line
              70  a mistake in truecount
              74  the file or the output could not be written
            """)

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("Where the timeline goes.", valueName: "file"))
    var output: String

    @OptionGroup var program: RecordedProgramOptions

    @Option(
        help: ArgumentHelp("What counts: hardware, breakpoint, or auto.", valueName: "source"),
        completion: SourceOption.measuringCompletion, transform: SourceOption.parse)
    var pmu: SourceOption = .auto

    @Option(help: ArgumentHelp("Record on this CPU instead of the first allowed one.", valueName: "number"))
    var cpu: Int?

    @Option(help: "What to print: for a person, or for a program.")
    var format: OutputOptions.Format = .text

    func run() throws {
        Interruption.watch()
        let source = try RecordingSource(pmu, cpu: cpu)
        let plan = try program.plan(for: source, events: 1000)
        let (result, totals) = try recording { () throws(RecordingError) in
            try record(
                plan, source.events, toFile: output, origin: source.origin, toolVersion: Tool.current.version,
                isInterrupted: { Interruption.isRequested })
        }
        let report = RecordReport(
            header: TimelineHeader(plan, source.events, origin: source.origin, toolVersion: Tool.current.version),
            file: output, totals: totals, result: result)
        try RecordingOutput.show(report, as: format) { report.text(source, style: $0) }
        throw ExitStatus(differs: !result.check.isExact, isDisturbed: result.multiplexed == true)
    }
}

/// The output of `truecount record`.
struct RecordReport: Codable {
    var schemaVersion = reportSchemaVersion
    var tool = Tool.current
    var header: TimelineHeader
    var file: String
    var totals: TimelineTotals
    var result: RecordResult

    func text(_ source: RecordingSource, style: TextStyle) -> String {
        let check = result.check
        let program = header.program
        var lines = source.heading("recording seed \(program.seed)", style: style)
        var table = TextTable()
        table.add(
            "  counts at events exact", Figures.counted(check.events, "event"), RecordingText.answer(check, "expected"))
        table.add("  counts at PMIs exact", Figures.counted(result.pmis, "PMI"), RecordingText.answer(result.atPMIs))
        lines += table.render().split(separator: "\n").map(String.init)
        lines.append("")
        let what = "\(Figures.counted(totals.events, "event")) and \(Figures.counted(totals.pmis, "PMI")) in \(file)"
        lines += style.wrapped(
            (check.isExact ? "RECORDED · " : "RECORDED WRONGLY · ") + printable(what), hanging: 2)
        if !check.isExact {
            lines += style.wrapped(
                "a replay without PMIs cannot come to these counts; see why with: truecount diagnose", indent: 2)
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// How `record`, `replay` and `experiments` show what they have found.
enum RecordingOutput {
    static func show(_ value: some Encodable, as format: OutputOptions.Format, text: (TextStyle) -> String) throws {
        switch format {
        case .text: try StandardStreams.show(text(Terminal.style))
        case .json: try StandardStreams.write(try ReportJSON.encode(value), to: .standardOutput)
        }
    }
}

extension ExitStatus {
    init(differs: Bool, isDisturbed: Bool) {
        self = isDisturbed ? .inconclusive : differs ? .faulty : .success
    }
}
