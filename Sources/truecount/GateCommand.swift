import ArgumentParser
import Diagnosis
import FoundationEssentials
import Glibc
import Reporting

struct GateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate",
        abstract: "Diagnose, compare with an earlier report, and pass or fail.",
        discussion: """
            Passes only if the verdict is accurate, or if a policy accepts every fault by name. A fault that the baseline \
            has as well fails all the same. It also fails if the baseline has a verdict and this machine gives none. The \
            first line says which kernels were compared, the decision and its reason.

            The baseline has to be of the same CPU (vendor, family, model), core type and hypervisor; the kernel may \
            differ. Reports that are induced, simulated, interrupted, limited by --probe (--probe arms is enough) or \
            redacted too far are refused, and so is a kept report whose runs do not give what it says.

            A policy names faults to accept. Each entry needs all four members:
              { "accept": [ { "fault": "freeze-on-pmi", "until": "2027-03-31",
                              "atMost": 12, "because": "firmware is on its way" } ] }
            'until' is the last day (UTC), 'atMost' the largest size in counts. A fault that the baseline has as well \
            must not be more frequent now, by 1 % of the PMIs (runs, ...) or more.

            Examples:
              truecount gate --baseline good.json
              truecount gate --baseline good.json -- --quick --cpu 4
              truecount gate --baseline good.json --current new.json
              truecount gate --baseline good.json --report junit=gate.xml

            Exit codes:
              0   passed
              1   failed
              3   inconclusive: no verdict before and now, or another machine
              4   inconclusive: unsupported, and no verdict before
              64  wrong usage, or a report that is refused
              74  a report or the policy could not be read, or nothing written
            """)

    @Option(help: ArgumentHelp("The report to compare with.", valueName: "file"), completion: .file())
    var baseline: String

    @Option(
        help: ArgumentHelp("Decide on this report instead of diagnosing.", valueName: "file"), completion: .file())
    var current: String?

    @Option(help: ArgumentHelp("Accept the faults that this file names.", valueName: "file"), completion: .file())
    var policy: String?

    @Option(
        help: ArgumentHelp(
            "Format of the decision: text, json, markdown, html, junit, github, ktap, tap or lava.", valueName: "format"
        ))
    var format: GateFormat = .text

    @Option(
        help: ArgumentHelp(
            "Also write the decision to this file in this format. Can be repeated.", valueName: "format=file"),
        completion: FormatTarget<GateFormat>.completion, transform: FormatTarget<GateFormat>.parse)
    var report: [FormatTarget<GateFormat>] = []

    @OptionGroup var exitCodes: ExitCodeOption

    @OptionGroup var file: FileOption

    @OptionGroup var colour: ColourOption

    @Argument(parsing: .postTerminator, help: "Options of truecount diagnose, behind --.")
    var diagnose: [String] = []

    func validate() throws {
        if current != nil, !diagnose.isEmpty {
            throw ValidationError("--current decides on a report, so there is nothing to diagnose")
        }
        guard [baseline, current, policy].count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("standard input holds one file")
        }
    }

    func run() throws {
        let decision: GateDecision
        let destination = try file.destination()
        var targets: [(GateFormat, OutputDestination)] = [(format, destination)]
        for target in report { targets.append((target.format, try OutputDestination(path: target.file))) }
        do {
            let baseline = try GateReport(baseline: try ReportCommand.read(baseline), name: baseline)
            let policy = try readPolicy()
            decision = GateDecision(baseline: baseline, current: try measured(), policy: policy, today: Self.today())
        } catch let refusal as GateRefusal {
            throw Failure.usage(refusal.description)
        }
        for (format, destination) in targets {
            let bytes = try format.render(decision, style: Terminal.style(for: destination, colour.color))
            try StandardStreams.write(bytes, to: destination)
            if format == .github { try StepSummary.append(decision.markdown) }
        }
        StandardStreams.announce(decision.summary, in: targets.map(\.1))
        throw ExitStatus(rawValue: decision.exitCode)
    }

    private func measured() throws -> GateReport {
        if let current { return try GateReport(kept: try ReportCommand.read(current), name: current) }
        let command = try DiagnoseCommand.parse(diagnose)
        guard command.output.file.output == nil, command.output.format.format.name == "text" else {
            throw Failure.usage("behind -- the report goes where --report FORMAT=FILE says, not --format and --output")
        }
        let destinations = try command.output.additionalDestinations()
        let report = try command.diagnose(arguments: ["diagnose"] + diagnose)
        try command.output.write(report, to: destinations)
        return GateReport(measured: report, name: "this machine")
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
