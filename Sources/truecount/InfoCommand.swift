import ArgumentParser
import Measurement
import Reporting

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show what this machine offers, what stands in the way, and whether rr will work.",
        discussion: """
            Nothing is measured and nothing changed. What cannot be read is left out; root sees more (with the msr driver, \
            modprobe msr, also the CPU's own registers).

            Examples:
              truecount info
              truecount info --format json --output machine.json
              truecount info --cpu 4 | grep PMU

            Exit codes: 0, or 64 for a mistake in the command line, 74 if the output could not be written.
            """)

    @Option(help: ArgumentHelp("Look at this CPU instead of the first allowed one.", valueName: "number"))
    var cpu: Int?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let destination = try output.destination()
        let report = InfoReport(Machine.read(cpu: try TestedCPU.choose(cpu)))
        try output.write(report, to: destination) { report.text(style: $0) }
    }
}
