import ArgumentParser
import Measurement
import Reporting

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show this machine's PMU, what prevents its use, and whether rr will work.",
        discussion: """
            Measures nothing and changes nothing. Facts that cannot be read are left out. Root sees more, and with the msr \
            driver (modprobe msr) also the CPU's own registers.

            Examples:
              truecount info
              truecount info --format json --output machine.json
              truecount info --cpu 4 | grep PMU

            Exit codes: 0, or 64 for wrong usage, 74 if the output could not be written.
            """)

    @Option(help: ArgumentHelp("Show this CPU instead of the first allowed one.", valueName: "number"))
    var cpu: Int?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let destination = try output.destination()
        let report = InfoReport(Machine.read(cpu: try TestedCPU.choose(cpu)).knowingWhatItsEventCounts())
        try output.write(report, to: destination) { report.text(style: $0) }
    }
}
