import ArgumentParser
import Diagnosis
import FoundationEssentials
import Glibc

struct MatrixCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matrix",
        abstract: "Count how often a diagnosis names the fault that was planted. Everything is SIMULATED.")

    @Option(help: "Diagnoses of each planted fault, with seeds from 1 on.")
    var seeds: UInt64 = 1_000

    @Option(help: "Diagnoses of healthy PMUs, over all healthy presets together.")
    var healthy: UInt64 = 100_000

    @Option(help: "Only presets whose name contains this.")
    var only: String = ""

    @Option(help: "Write PREFIX.md and PREFIX.json.")
    var output: String?

    @OptionGroup var parallel: ThreadOption

    func validate() throws {
        guard seeds > 0 else { throw ValidationError("--seeds begins at 1") }
    }

    func run() async throws {
        var rows: [MatrixRow] = []
        let healthyRows = UInt64(PlantedFault.healthy.count)
        for planted in PlantedFault.all where only.isEmpty || planted.name.contains(only) {
            let share = planted.isHealthy ? (healthy + healthyRows - 1) / healthyRows : seeds
            guard share > 0 else { continue }
            let row = MatrixRow(planted, tally: await tally(of: planted, diagnoses: share))
            report("\(row.planted): \(row.right) of \(row.diagnoses) right\n")
            rows.append(row)
        }
        let matrix = Matrix(seeds: seeds, rows: rows)
        print(matrix.markdown)
        if let output {
            try Data(matrix.markdown.utf8).write(to: URL(filePath: output + ".md"))
            try sortedJSON(matrix).write(to: URL(filePath: output + ".json"))
        }
        throw ExitCode(matrix.isSatisfactory ? 0 : 1)
    }

    /// Nil where no run is made in which the fault could show.
    private func tally(of planted: PlantedFault, diagnoses: UInt64) async -> Tally? {
        guard planted.canShow else { return nil }
        let judged = await inParallel(1..<diagnoses + 1, threads: parallel.threads) { seed in
            (seed, planted.diagnosis(seed: seed))
        }
        return judged.sorted { $0.0 < $1.0 }.reduce(into: Tally()) { $0.add($1.1, seed: $1.0) }
    }

    private func report(_ text: String) {
        _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    }
}

/// One planted fault and what came of it.
struct MatrixRow: Codable, Sendable {
    var planted: String
    /// Absent for a healthy PMU.
    var fault: String?
    var effort: String
    var reason: String?
    /// 0 where no run is made yet in which the fault could show.
    var diagnoses: Int
    var right: Int
    /// Diagnoses whose verdict is faulty.
    var faulty: Int
    var named: [String: Int]
    var wrong: [WrongName]

    init(_ planted: PlantedFault, tally: Tally?) {
        self.planted = planted.name
        fault = planted.fault
        effort = planted.effort.rawValue
        reason = planted.reason
        right = tally?.right ?? 0
        faulty = tally?.faulty ?? 0
        named = tally?.named ?? [:]
        wrong = tally?.wrong ?? []
        diagnoses = named.values.reduce(0, +)
    }

    var share: Double { diagnoses == 0 ? 0 : Double(right) / Double(diagnoses) }
}

/// The whole table and whether it is good enough.
struct Matrix: Codable, Sendable {
    var seeds: UInt64
    var rows: [MatrixRow]

    /// Share of diagnoses that have to be right, of each fault and of all.
    private static let required = 0.995

    private var planted: [MatrixRow] { rows.filter { $0.fault != nil && $0.diagnoses > 0 } }
    private var healthy: [MatrixRow] { rows.filter { $0.fault == nil } }

    var isSatisfactory: Bool {
        planted.allSatisfy { $0.share >= Self.required } && healthy.allSatisfy { $0.faulty == 0 }
            && healthy.allSatisfy { $0.share >= Self.required }
    }

    var markdown: String {
        let diagnoses = planted.reduce(0) { $0 + $1.diagnoses }
        let right = planted.reduce(0) { $0 + $1.right }
        let healthyDiagnoses = healthy.reduce(0) { $0 + $1.diagnoses }
        let healthyFaulty = healthy.reduce(0) { $0 + $1.faulty }
        return """
            # Confusion matrix (SIMULATED)

            Each planted fault is a preset of the simulated PMU (`truecount list models`), diagnosed with seeds from 1 on.
            No kernel and no CPU was measured. Made by `swift run -c release judge-trials matrix --output results/confusion-matrix`.
            To repeat one diagnosis: `truecount diagnose --quick --seed SEED --pmu simulated:PRESET,seed=SEED`. The rows \
            that begin with "any" are no presets: each seed draws the fault's size, its odds and the skid anew \
            (Tests/JudgeTrials/PlantedFaults.swift).

            What is right:

            \(Judgement.definition)

            \(planted.count) planted faults, \(diagnoses) diagnoses, \(right) right: \(percent(right, of: diagnoses)) \
            (required: 99.5 % of all and of each).
            \(healthyDiagnoses) diagnoses of \(healthy.count) healthy PMUs, \(healthyFaulty) of them called faulty (required: 0).

            | planted | fault | effort | diagnoses | right | named |
            |---|---|---|---:|---:|---|
            \(rows.map(line).joined(separator: "\n"))
            \(notes)
            """
    }

    private func line(_ row: MatrixRow) -> String {
        let named = row.named.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
        return "| \(row.planted) | \(row.fault ?? "none") | \(row.effort) | \(row.diagnoses) |"
            + " \(row.diagnoses == 0 ? "–" : percent(row.right, of: row.diagnoses)) |"
            + " \(row.diagnoses == 0 ? "no run yet in which it could show" : named.joined(separator: ", ")) |"
    }

    private var notes: String {
        let efforts = rows.compactMap { row in row.reason.map { "- \(row.planted), \(row.effort): \($0)" } }
        let wrong = rows.flatMap { row in
            row.wrong.prefix(10).map { "- \(row.planted), seed \($0.seed): \($0.named) (\($0.model))" }
                + (row.wrong.count > 10 ? ["- \(row.planted): \(row.wrong.count - 10) more"] : [])
        }
        return "\nEfforts other than quick, and why:\n\n"
            + (efforts.isEmpty ? ["- none"] : efforts).joined(separator: "\n")
            + "\n\nWrong ones:\n\n" + (wrong.isEmpty ? ["- none"] : wrong).joined(separator: "\n") + "\n"
    }

    /// Rounded down, so that 100 % means all.
    private func percent(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "–" }
        let hundredths = part * 10_000 / whole
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) %"
    }
}
