import Diagnosis
import Measurement
import PerfEvents
import Reporting
import Simulation
import Synchronization

/// A diagnosis of several CPUs, all at the same time, each on a thread and a bench of its own.
struct AllCPUs {
    var cpus: [Int]
    var options: DiagnosisJob.Options

    /// - Throws: `Failure` for what the person has to change.
    func run(isInterrupted: @escaping @Sendable () -> Bool) throws(Failure) -> DiagnosisResult {
        guard options.induce == nil else {
            throw .usage("--induce makes the counters of one CPU freeze: name one CPU with --cpu")
        }
        var jobs: [Job] = []
        // CPUs with the same core PMU have the same event.
        var choices: [String?: CounterChoice] = [:]
        for machine in Machine.read(cpus: cpus).map({ $0.knowingWhatItsEventCounts() }) {
            let cpu = machine.processor.number
            let diagnose = DiagnosisJob(options: options(for: cpu), machine: machine)
            let pmu = machine.corePMU?.name
            let choice = if let known = choices[pmu] { known } else { try diagnose.choice() }
            choices[pmu] = choice
            jobs.append(Job(cpu: cpu, diagnose: diagnose, choice: choice))
        }
        let progress = SharedProgress()
        var diagnoses = try WorkerThreads.map(jobs) { job in
            job.carryOut(isInterrupted: isInterrupted) { progress.show($0, of: job.cpu) }
        }
        progress.erase()
        if let refusal = diagnoses.lazy.compactMap(\.result.planRefusal).first { throw .usage(refusal) }
        if let online = SystemFiles().cpuList("/sys/devices/system/cpu/online") {
            for index in diagnoses.indices where !online.contains(diagnoses[index].cpu) {
                diagnoses[index].markOffline()
            }
        }
        return .merged(diagnoses)
    }

    /// Simulated PMUs of several CPUs are not the same one.
    private func options(for cpu: Int) -> DiagnosisJob.Options {
        var options = options
        options.seed &+= UInt64(cpu)
        return options
    }

    private struct Job: Sendable {
        let cpu: Int
        let diagnose: DiagnosisJob
        let choice: CounterChoice

        func carryOut(
            isInterrupted: @escaping () -> Bool, progress: @escaping (DiagnosisProgress) -> Void
        ) -> CPUDiagnosis {
            let skidLimit: UInt64? =
                switch choice {
                case .hardware(let event): event.skidLimit
                case .simulated(let pmu): pmu.skidLimit
                case .breakpoint, .unsupported: nil
                }
            var result: DiagnosisResult
            do throws(Failure) {
                result = try diagnose.run(choice, isInterrupted: isInterrupted, progress: progress)
            } catch {
                // A CPU that cannot be used, one that has just gone offline, must not take the others' results away.
                result = DiagnosisResult(
                    source: choice.source, verdict: .inconclusive, reasons: [error.message], findings: [], probes: [],
                    runs: [])
            }
            return CPUDiagnosis(
                cpu: cpu, coreType: diagnose.machine.processor.coreType, skidLimit: skidLimit, result: result)
        }
    }
}

/// How far all CPUs together are.
private final class SharedProgress: Sendable {
    private let line = Progress()
    private let last = Mutex<[Int: DiagnosisProgress]>([:])

    func show(_ progress: DiagnosisProgress, of cpu: Int) {
        let all = last.withLock { last in
            last[cpu] = progress
            return Array(last.values)
        }
        // They work at the same time, so the longest of them tells how long it takes.
        let slowest = all.max { $0.secondsPlanned - $0.secondsDone < $1.secondsPlanned - $1.secondsDone } ?? progress
        line.show(
            DiagnosisProgress(
                probe: "\(all.count) CPUs · \(progress.probe)", runsDone: all.reduce(0) { $0 + $1.runsDone },
                runsPlanned: all.reduce(0) { $0 + $1.runsPlanned }, secondsDone: slowest.secondsDone,
                secondsPlanned: slowest.secondsPlanned, secondsOfRun: slowest.secondsOfRun,
                longestRun: slowest.longestRun))
    }

    func erase() { line.erase() }
}
