import ArgumentParser
import Diagnosis
import Measurement
import Reporting
import Simulation

struct PowerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "power",
        abstract: "Tell how rare a fault a diagnosis would still find, by simulation.",
        discussion: """
            Runs diagnoses of a simulated PMU in which a fault strikes one occasion in N, with a seed of its own each, \
            and compares them with the formula that names N. Nothing it says is about this machine but how long the \
            plan takes here, for which a quick diagnosis is made.

            Examples:
              truecount power --quick
              truecount power --thorough --trials 100
              truecount power --skid tail:1496:5043 --format json

            Exit codes:
              0   formula and simulated diagnoses agree
              1   they do not: believe the diagnoses
              64  a mistake in the command line
              74  the result could not be written
            """)

    @Flag(help: "The plan of diagnose --quick.")
    var quick = false

    @Flag(help: "The plan of diagnose --thorough.")
    var thorough = false

    @Option(
        help: ArgumentHelp(
            "Branches between an overflow and its interrupt: N, LOW-HIGH or tail:MEAN:LARGEST.", valueName: "skid"))
    var skid = "5-39"

    @Option(help: ArgumentHelp("Simulated diagnoses at each rate, 1 to 100000.", valueName: "number"))
    var trials: Int?

    @OptionGroup var output: OutputOptions

    /// Of finding a fault.
    private static let certainty = 0.999
    /// What a person may wait for: a thorough diagnosis is simulated ten times as long as a standard one.
    private static let usualTrials: [Effort: Int] = [.quick: 200, .standard: 100, .thorough: 20]

    private var effort: Effort { quick ? .quick : thorough ? .thorough : .standard }

    func validate() throws {
        if quick && thorough { throw ValidationError("--quick and --thorough exclude each other") }
        if let trials, !(1...100_000).contains(trials) {
            throw ValidationError("--trials \(trials) is not between 1 and 100000")
        }
    }

    func run() throws {
        let destination = try output.destination()
        let simulation = try PowerSimulation(skid: skid, effort: effort)
        var progress = ProgressLine()
        defer { progress.erase() }
        var rows: [PowerRow] = []
        for subject in PowerSubject.all {
            progress.show(
                DiagnosisProgress(
                    probe: "SIMULATED \(subject.id)", runsDone: rows.count, runsPlanned: PowerSubject.all.count))
            rows.append(
                try simulation.row(
                    subject, certainty: Self.certainty, trials: trials ?? Self.usualTrials[effort] ?? 100))
        }
        let runs = try simulation.healthyRuns()
        let report = PowerReport(
            model: simulation.model, effort: effort, certainty: Self.certainty, runs: runs, rows: rows,
            durationHere: try durationHere(runs: runs))
        progress.erase()
        try output.write(report, to: destination) { report.text(style: $0) }
        throw report.agrees ? ExitStatus.success : .faulty
    }

    /// Nil where nothing can be measured here.
    private func durationHere(runs: Int) throws -> PowerReport.Duration? {
        let machine = Machine.read(cpu: try TestedCPU.choose(nil))
        let options = Diagnose.Options(pmu: .auto, periods: [], effort: .quick, seed: 1)
        let clock = ContinuousClock()
        let start = clock.now
        let result = try Diagnose(options: options, machine: machine).run(
            isInterrupted: { false }, progress: { _ in })
        let seconds = (clock.now - start) / .seconds(1)
        guard !result.runs.isEmpty else { return nil }
        let isMeasured = effort == .quick
        return PowerReport.Duration(
            source: result.source,
            seconds: isMeasured
                ? seconds : effort.seconds(runs: runs, timed: result.runs, seconds: seconds, on: result.source),
            isMeasured: isMeasured, measuredRuns: result.runs.count, measuredSeconds: seconds)
    }
}

/// The simulated diagnoses of one plan.
struct PowerSimulation {
    private static let preset = "healthy-skylake"
    private let skid: String
    private let effort: Effort
    let model: ReportedModel

    /// - Throws: a usage failure for a skid that no model can have.
    init(skid: String, effort: Effort) throws(Failure) {
        self.skid = skid
        self.effort = effort
        let healthy = try Self.pmu("skid=\(skid)")
        model = ReportedModel(name: healthy.name, parameters: healthy.parameters)
    }

    private static func pmu(_ parameters: String) throws(Failure) -> SimulatedPMU {
        do throws(SimulatedPMUError) {
            return try SimulatedPMU(parsing: "\(preset),\(parameters)")
        } catch {
            throw .usage("--skid: \(error)")
        }
    }

    func healthyRuns() throws(Failure) -> Int {
        Self.diagnosis(of: try Self.pmu("skid=\(skid)"), effort: effort, seed: 1).runs.count
    }

    func row(_ subject: PowerSubject, certainty: Double, trials: Int) throws(Failure) -> PowerRow {
        var failure: Failure?
        let row = subject.row(certainty: certainty, trials: trials) { parameters, seeds in
            do throws(Failure) {
                return try diagnoses(parameters, seeds)
            } catch {
                failure = error
                return []
            }
        }
        if let failure { throw failure }
        return row
    }

    /// One for each seed, on as many threads as this process has CPUs.
    private func diagnoses(_ parameters: String, _ seeds: Range<UInt64>) throws(Failure) -> [DiagnosisResult] {
        let pmu = try Self.pmu("skid=\(skid),\(parameters)")
        let effort = effort
        let workers = UInt64(max(1, min(allowedCPUs().count, seeds.count)))
        let shares = (0..<workers).map { worker in seeds.filter { $0 % workers == worker } }
        let isOne = seeds.count == 1
        return try WorkerThreads.map(shares) { seeds in
            seeds.map { seed in
                var result = Self.diagnosis(of: pmu, effort: effort, seed: seed)
                // A thousand thorough diagnoses do not fit into the memory with their ledgers.
                if !isOne { result.runs = [] }
                return result
            }
        }.flatMap { $0 }
    }

    private static func diagnosis(of pmu: SimulatedPMU, effort: Effort, seed: UInt64) -> DiagnosisResult {
        var bench = SimulatedBench(pmu, seed: seed)
        return diagnose(
            DiagnosisRequest(effort: effort, cpu: 0, seed: seed), on: &bench, skidLimit: pmu.skidLimit)
    }
}
