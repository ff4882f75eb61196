import ArgumentParser
import Reporting

struct ListSchema: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "The JSON Schema (2020-12) of the report.")

    @Option(help: ArgumentHelp("Write there instead of to standard output.", valueName: "file"))
    var output: String?

    func run() throws {
        let destination = try output.map { path throws(OutputError) in try OutputDestination(path: path) }
        try StandardStreams.write(ReportSchema.json, to: destination ?? .standardOutput)
    }
}
