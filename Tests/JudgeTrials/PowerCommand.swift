import ArgumentParser
import Diagnosis
import FoundationEssentials
import Measurement
import PerfEvents
import Simulation

struct PowerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "power",
        abstract: "Tell how rare a fault a diagnosis would still find, by simulation.",
        discussion: """
            Runs diagnoses of a SIMULATED PMU in which a fault strikes one occasion in N, with a seed of its own each, \
            and compares them with the formula that names N. Nothing it says is about this machine but how long the plan \
            takes here, for which a quick diagnosis is made. Ends with 1 where formula and diagnoses disagree.
            """)

    @Option(help: "The plan of diagnose: quick, standard or thorough.")
    var effort: Effort = .standard

    @Option(help: "Branches between an overflow and its interrupt: N, LOW-HIGH or tail:MEAN:LARGEST.")
    var skid = "5-39"

    @Option(help: "Simulated diagnoses at each rate.")
    var trials = 100

    @Option(help: "Write all figures there, as JSON.")
    var json: String?

    @OptionGroup var parallel: ThreadOption

    /// Of finding a fault.
    private static let certainty = 0.999
    private static let preset = "healthy-skylake"

    func validate() throws {
        guard trials > 0 else { throw ValidationError("--trials begins at 1") }
        _ = try pmu()
    }

    func run() async throws {
        let runs = Self.diagnosis(of: try pmu(), effort: effort, seed: 1).runs.count
        print(
            "SIMULATED · \(effort.rawValue) plan of \(runs) runs on a model of a PMU (\(Self.preset), skid \(skid)); with"
                + " \(percent(Self.certainty)) certainty it finds:")
        var rows: [PowerRow] = []
        for subject in PowerSubject.all {
            let row = try await subject.row(certainty: Self.certainty, trials: trials) { parameters, seeds in
                let pmu = try pmu(parameters)
                return await inParallel(seeds, threads: parallel.threads) { [effort] seed in
                    var result = Self.diagnosis(of: pmu, effort: effort, seed: seed)
                    // A thousand thorough diagnoses do not fit into the memory with their ledgers.
                    if seeds.count > 1 { result.runs = [] }
                    return result
                }
            }
            print(text(row))
            rows.append(row)
        }
        print(try durationHere(runs: runs))
        let agrees = rows.allSatisfy { row in [row.atEvery, row.atRarest, row.atHalf].allSatisfy { $0?.agrees ?? true }
        }
        print(
            "SIMULATED · \(agrees ? "formula and diagnoses agree" : "FORMULA AND DIAGNOSES DISAGREE: believe the diagnoses")"
        )
        if let json { try sortedJSON(rows).write(to: URL(filePath: json)) }
        throw ExitCode(agrees ? 0 : 1)
    }

    private func pmu(_ parameters: String...) throws -> SimulatedPMU {
        do throws(SimulatedPMUError) {
            return try SimulatedPMU(parsing: ([Self.preset, "skid=\(skid)"] + parameters).joined(separator: ","))
        } catch {
            throw ValidationError("--skid: \(error)")
        }
    }

    private static func diagnosis(of pmu: SimulatedPMU, effort: Effort, seed: UInt64) -> DiagnosisResult {
        var bench = SimulatedBench(pmu, seed: seed)
        return diagnose(DiagnosisRequest(effort: effort, cpu: 0, seed: seed), on: &bench, skidLimit: pmu.skidLimit)
    }

    private func text(_ row: PowerRow) -> String {
        guard let rarest = row.rarest else { return "  SIMULATED: not found at any rate: \(row.title)" }
        let trials = [row.atEvery, row.atRarest, row.atHalf].compactMap { $0 }.map { trials in
            "at N = \(trials.oneIn) \(trials.found) of \(trials.made) diagnoses found it (formula:"
                + " \(percent(trials.predicted))\(trials.agrees ? "" : ", WHICH DISAGREES")), \(trials.calledFaulty) saw it"
                + " again and called it faulty"
        }
        return "  SIMULATED: \(row.title), N up to \(rarest)\n      "
            + (["\(row.occasions) \(row.unit)s can show it"] + trials).joined(separator: "; ")
    }

    /// How long the plan takes on this machine: measured where it is the quick one, and else from its measured windows
    /// and from the time that the quick one spends beside them, run by run.
    private func durationHere(runs: Int) throws -> String {
        guard let cpu = allowedCPUs().first else { return "how long it takes here is not known: no CPU is allowed" }
        let machine = Machine.read(cpu: cpu)
        let event = machine.corePMU == nil ? nil : try? RCBEvent.ofCore(cpu: cpu)
        var bench = try KernelBench(event.map(CountedEvents.hardware) ?? CountedEvents(.breakpoint), cpu: cpu)
        let clock = ContinuousClock()
        let start = clock.now
        let result = diagnose(DiagnosisRequest(effort: .quick, cpu: cpu, seed: 1), on: &bench)
        let seconds = (clock.now - start) / .seconds(1)
        guard !result.runs.isEmpty else { return "how long it takes here is not known: no diagnosis can be made" }
        let source = "here, on the \(result.source.rawValue) counter"
        guard effort != .quick else { return "takes \(tenths(seconds)) s \(source) (measured; not simulated)" }
        let whole = effort.seconds(runs: runs, timed: result.runs, seconds: seconds, on: result.source)
        return
            "takes about \(Int(whole.rounded(.up))) s \(source) (from a quick diagnosis of \(result.runs.count) runs in"
            + " \(tenths(seconds)) s; not simulated)"
    }

    private func percent(_ share: Double) -> String { "\(tenths(share * 100)) %" }

    private func tenths(_ value: Double) -> String {
        let tenths = UInt64((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension Effort: ExpressibleByArgument {}

extension Effort {
    /// Seconds that a plan of so many runs takes where another diagnosis was timed: the windows, which are sized by
    /// this effort, and beside them as much for each run as there.
    ///
    /// - Parameters:
    ///   - runs: of the plan.
    ///   - timed: runs of the diagnosis that was timed.
    ///   - seconds: that it took, by a clock on the wall.
    func seconds(runs: Int, timed: [RunRecord], seconds: Double, on source: CounterSource) -> Double {
        let windows = timed.reduce(0.0) { $0 + Double($1.timeEnabled) } / 1e9
        let besideEachRun = timed.isEmpty ? 0 : max(0, seconds - windows) / Double(timed.count)
        return windowSeconds(on: source) + besideEachRun * Double(runs)
    }
}
