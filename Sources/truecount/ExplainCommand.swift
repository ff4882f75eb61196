import ArgumentParser
import Diagnosis
import Reporting

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain a fault: what happens, where, how it is seen, what to do.",
        discussion: """
            Without a name, lists every fault and disturbance that truecount knows, a line each. A disturbance spoils a \
            run and is no fault: throttling, for example.

            Examples:
              truecount explain
              truecount explain freeze-on-pmi
              truecount explain late-pmi --format json

            Exit codes: 0, or 64 for a name that there is not, 74 if the output could not be written.
            """)

    @Argument(help: "The name of a fault, as a finding gives it.")
    var fault: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let destination = try output.destination()
        guard let fault else {
            let report = ExplanationReport(FaultExplanation.all)
            return try output.write(report, to: destination) { _ in report.list() }
        }
        let report = ExplanationReport([try Self.explanation(of: fault)])
        try output.write(report, to: destination) { report.text(style: $0) }
    }

    private static func explanation(of name: String) throws(Failure) -> FaultExplanation {
        if let explanation = FaultExplanation.of(slug: name) { return explanation }
        throw .unknown(
            "fault or disturbance", name, among: FaultExplanation.all.map(\.slug), lister: "truecount explain")
    }
}
