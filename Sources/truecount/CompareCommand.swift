import ArgumentParser
import Reporting

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Show what changed from one report to others.",
        discussion: """
            The first report is what the others are compared with. Verdicts come first, the worst on top, then faults that \
            came, grew or went, probes and counts that moved, and what else is different: kernel, microcode, boot \
            parameters. Sizes of a fault differ only where their intervals do not overlap.

            Examples:
              truecount compare before.json after.json
              truecount compare stock.json 6.12.json 7.2.json --format markdown

            Exit codes: 0 whatever changed (truecount gate decides), 64 for a mistake in the command line, 74 if a report \
            could not be read or the output not be written.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, markdown, json
    }

    @Argument(help: "Reports as JSON, at least two; - is standard input.")
    var files: [String]

    @Option(help: "For a person, for an issue, or for a program.")
    var format: Format = .text

    @Option(
        help: ArgumentHelp(
            "Write there instead of to standard output; a file is replaced only when all is written.", valueName: "file"
        ))
    var output: String?

    func validate() throws {
        guard files.count >= 2 else { throw ValidationError("there is nothing to compare \(files[0]) with") }
        guard files.count(where: { $0 == "-" }) <= 1 else { throw ValidationError("standard input holds one report") }
    }

    func run() throws {
        let destination = try output.map { path throws(OutputError) in try OutputDestination(path: path) }
        // One report at a time: only what is compared stays.
        let digests = try files.map { ReportDigest(try ReportCommand.read($0), name: $0) }
        let comparison = Comparison(digests)
        let bytes =
            switch format {
            case .text:
                Array(ComparisonText(style: destination == nil ? Terminal.style : .plain).render(comparison).utf8)
            case .markdown: Array(ComparisonMarkdown.render(comparison).utf8)
            case .json: try ReportJSON.encode(comparison)
            }
        try StandardStreams.write(bytes, to: destination ?? .standardOutput)
    }
}
