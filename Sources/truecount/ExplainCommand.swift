import ArgumentParser
import Diagnosis
import Reporting

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain a fault: what happens, on which machines, how to recognise it, what to do.",
        discussion: """
            Without a name, lists every fault and disturbance that truecount knows. A disturbance, such as throttling, \
            makes a run unusable but is not a fault.

            Examples:
              truecount explain
              truecount explain freeze-on-pmi
              truecount explain late-pmi --format json

            Exit codes: 0, or 64 for an unknown name, 74 if the output could not be written.
            """)

    @Argument(
        help: "The name of a fault, as a finding gives it.", completion: .list(FaultExplanation.all.map(\.slug)))
    var fault: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let destination = try output.destination()
        guard let fault else {
            let report = ExplanationReport(FaultExplanation.all)
            return try output.write(report, to: destination) { report.list(style: $0) }
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
