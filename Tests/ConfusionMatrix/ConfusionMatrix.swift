import ArgumentParser
import FoundationEssentials
import Glibc

/// Plants each fault of the simulated PMU's presets under many seeds, lets `diagnose` name it, and counts how often the
/// name is right.
@main
struct ConfusionMatrix: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confusion-matrix",
        abstract: "Count how often a diagnosis names the fault that was planted. Everything is SIMULATED.")

    @Option(help: "Diagnoses of each planted fault, with seeds from 1 on.")
    var seeds: UInt64 = 1_000

    @Option(help: "Diagnoses of healthy PMUs, over all healthy presets together.")
    var healthy: UInt64 = 100_000

    @Option(help: "Threads.")
    var threads: Int = 2

    @Option(help: "Only presets whose name contains this.")
    var only: String = ""

    @Option(help: "Write PREFIX.md and PREFIX.json.")
    var output: String?

    func validate() throws {
        guard seeds > 0, threads > 0 else { throw ValidationError("--seeds and --threads begin at 1") }
    }

    func run() async throws {
        var rows: [MatrixRow] = []
        let healthyRows = PlantedFault.healthy.count
        for planted in PlantedFault.all where only.isEmpty || planted.name.contains(only) {
            let share = planted.isHealthy ? (healthy + UInt64(healthyRows) - 1) / UInt64(healthyRows) : seeds
            guard share > 0 else { continue }
            let row = await Census(planted: planted, seeds: share, threads: threads).taken()
            report(row)
            rows.append(row)
        }
        let matrix = Matrix(seeds: seeds, rows: rows)
        print(matrix.markdown)
        if let output {
            try Data(matrix.markdown.utf8).write(to: URL(filePath: output + ".md"))
            try matrix.json().write(to: URL(filePath: output + ".json"))
        }
        throw ExitCode(matrix.isSatisfactory ? 0 : 1)
    }

    private func report(_ row: MatrixRow) {
        let text = "\(row.planted): \(row.right) of \(row.diagnoses) right\n"
        _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    }
}
