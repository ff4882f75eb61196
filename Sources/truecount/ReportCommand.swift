import ArgumentParser
import Reporting

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Show a saved report in any format.",
        discussion: """
            Reads a report that 'truecount diagnose --format json' wrote. Measures nothing. Files larger than \
            \(ReportFile.sizeLimit >> 20) MiB are refused.

            Examples:
              truecount report report.json
              truecount report report.json --format bug --redact
              truecount report bad.json --format bug --baseline good.json
              truecount report report.json --report junit=j.xml --report tap=t
              ssh machine truecount diagnose --format json | truecount report -

            Exit codes:
              0   the report was written, whatever its verdict
              64  wrong usage, or a --baseline that shows no regression
              74  the report could not be read, or the output not be written
            """)

    @Argument(help: "The report, as JSON; - is standard input.", completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp(
            "An accurate report of the same CPU on an earlier kernel: the format bug then reports a regression.",
            valueName: "file"), completion: .file())
    var baseline: String?

    @OptionGroup var output: ReportOutputOptions

    func run() throws {
        let destinations = try output.destinations()
        guard baseline == nil || destinations.contains(where: { $0.format.name == "bug" }) else {
            throw Failure.usage(
                "--baseline is for the format bug alone; truecount gate and truecount compare take two reports")
        }
        let baseline = try baseline.map(Self.read)
        try output.write(try Self.read(file), to: destinations, baseline: baseline, keptIn: file)
    }

    static func read(_ file: String) throws(Failure) -> Report {
        do throws(ReportFileError) {
            return try ReportFile.read(file)
        } catch {
            throw Failure(status: .inputOutput, message: error.description)
        }
    }
}
