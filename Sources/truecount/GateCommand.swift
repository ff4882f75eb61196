import ArgumentParser
import Diagnosis
import FoundationEssentials
import Reporting

struct GateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate",
        abstract: "Diagnose, compare with an earlier report, and pass or fail.",
        discussion: """
            Fails where a fault is new or larger than in the baseline, and where the baseline has a verdict and this \
            machine gives none. A fault that the baseline has, too, does not fail. The first line gives the reason.

            A policy accepts named faults until a day:
              { "accept": [ { "fault": "freeze-on-pmi", "until": "2027-03-31",
                              "because": "firmware is on its way", "atMost": 12 } ] }
            'atMost' is the largest size in counts, and may be left out.

            Examples:
              truecount gate --baseline good.json
              truecount gate --baseline good.json -- --quick --cpu 4
              truecount gate --baseline good.json --current new.json

            Exit codes:
              0   passed
              1   failed
              3   undecided: no answer before and none now, or not comparable
              4   undecided: unsupported before and now
              64  a mistake in the command line
              74  a report or the policy could not be read, or nothing written
            """)

    @Option(help: ArgumentHelp("The report to compare with.", valueName: "file"))
    var baseline: String

    @Option(help: ArgumentHelp("Decide on this report instead of diagnosing.", valueName: "file"))
    var current: String?

    @Option(help: ArgumentHelp("Accept the faults that this file names.", valueName: "file"))
    var policy: String?

    @OptionGroup var exitCodes: ExitCodeOption

    @OptionGroup var output: OutputOptions

    @Argument(parsing: .postTerminator, help: "Options of truecount diagnose, behind --.")
    var diagnose: [String] = []

    func validate() throws {
        if current != nil, !diagnose.isEmpty {
            throw ValidationError("--current decides on a report, so there is nothing to diagnose")
        }
    }

    func run() throws {
        let destination = try output.destination()
        let baseline = ReportDigest(try ReportCommand.read(baseline), name: baseline)
        let policy = try readPolicy()
        let decision = GateDecision(
            baseline: baseline, current: try measured(), policy: policy, today: Self.today())
        try output.write(decision, to: destination) { decision.text(style: $0) }
        switch decision.outcome {
        case .passed: throw ExitStatus.success
        case .failed: throw ExitStatus.faulty
        case .undecided: throw decision.verdict == .unsupported ? ExitStatus.unsupported : .inconclusive
        }
    }

    private func measured() throws -> ReportDigest {
        if let current { return ReportDigest(try ReportCommand.read(current), name: current) }
        let command = try DiagnoseCommand.parse(diagnose)
        guard command.output.file.output == nil, command.output.format.format.name == "text" else {
            throw Failure.usage("behind -- the report goes where --report FORMAT=FILE says, not --format and --output")
        }
        let destinations = try command.output.additionalDestinations()
        let report = try command.diagnose(arguments: ["diagnose"] + diagnose)
        try command.output.write(report, to: destinations)
        return ReportDigest(report, name: "this machine")
    }

    private func readPolicy() throws(Failure) -> GatePolicy {
        guard let policy else { return .none }
        do throws(ReportFileError) {
            return try GatePolicy.read(policy)
        } catch {
            throw Failure(status: .inputOutput, message: error.description)
        }
    }

    private static func today() -> String { String(Date().formatted(.iso8601).prefix(10)) }
}
