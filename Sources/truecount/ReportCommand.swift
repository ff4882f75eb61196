import ArgumentParser
import Reporting

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Show a report that was kept as JSON, in any format.",
        discussion: """
            Reads what 'truecount diagnose --format json' wrote. Nothing is measured. A file larger than \
            \(ReportFile.sizeLimit >> 20) MiB, or one that is no report, is refused with a line that says why.

            Examples:
              truecount report report.json
              truecount report report.json --format bug --redact
              truecount report bad.json --format bug --baseline good.json
              truecount report report.json --report junit=j.xml --report tap=t
              ssh machine truecount diagnose --format json | truecount report -

            Exit codes:
              0   the report was written, whatever its verdict
              64  a mistake in the command line
              74  the report could not be read, or its output not be written
            """)

    @Argument(help: "The report, as JSON; - is standard input.")
    var file: String

    @Option(
        help: ArgumentHelp(
            "An earlier report of this machine: where that one is accurate, the format bug reports a regression.",
            valueName: "file"))
    var baseline: String?

    @OptionGroup var output: ReportOutputOptions

    func run() throws {
        let destinations = try output.destinations()
        let baseline = try baseline.map { ReportDigest(try Self.read($0), name: $0) }
        try output.write(try Self.read(file), to: destinations, baseline: baseline)
    }

    static func read(_ file: String) throws(Failure) -> Report {
        do throws(ReportFileError) {
            return try ReportFile.read(file)
        } catch {
            throw Failure(status: .inputOutput, message: error.description)
        }
    }
}
