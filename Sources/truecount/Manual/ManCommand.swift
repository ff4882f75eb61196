import ArgumentParser
import Reporting

struct ManCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "man",
        abstract: "Print the manual page, made of the commands' own help.",
        discussion: """
            Completions for a shell come from --generate-completion-script bash, zsh or fish.

            Examples:
              truecount man --output truecount.1
              truecount man | man --local-file -
              truecount man --format markdown
              truecount --generate-completion-script bash

            Exit codes: 0, or 64 for a mistake in the command line, 74 if the output could not be written.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case roff, markdown
    }

    @Option(help: "For man(1), or the reference of the documentation.")
    var format: Format = .roff

    @Option(
        help: ArgumentHelp(
            "Write there instead of to standard output; a file is replaced only when all is written.", valueName: "file"
        ))
    var output: String?

    func run() throws {
        let destination = try output.map { path throws(OutputError) in try OutputDestination(path: path) }
        let program = try CommandDescription.ofProgram()
        let text =
            switch format {
            case .roff: ManualPage.render(program)
            case .markdown: CommandReference.render(program)
            }
        try StandardStreams.write(Array(text.utf8), to: destination ?? .standardOutput)
    }
}
