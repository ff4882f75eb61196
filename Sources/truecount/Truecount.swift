import ArgumentParser
import Reporting

/// The program: nothing but its subcommands.
struct Truecount: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "truecount",
        abstract: "Does this kernel, on this CPU, count every branch when the counter interrupts?",
        discussion: """
            Runs machine code whose branch counts are known in advance, once left alone and once interrupted by counter \
            overflows, and compares the counts. Tools such as rr depend on these counts being exact.

            Start with:  truecount diagnose
            """,
        version: "\(Tool.current.name) \(Tool.current.version)",
        subcommands: [
            DiagnoseCommand.self, GateCommand.self, CompareCommand.self, ReportCommand.self, ExplainCommand.self,
            InfoCommand.self, RecordCommand.self, ReplayCommand.self, ExperimentsCommand.self,
            ListCommand.self, VerifyCommand.self, RecipeCommand.self, ManCommand.self,
        ])
}
