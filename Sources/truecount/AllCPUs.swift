import Diagnosis
import Measurement
import PerfEvents
import Reporting
import Simulation
import Synchronization

/// A diagnosis of every CPU that this process may use, all at the same time, each on a thread and a bench of its own.
struct AllCPUs {
    var options: DiagnosisJob.Options

    /// - Throws: `Failure` for what the person has to change.
    func run(isInterrupted: @escaping @Sendable () -> Bool) throws(Failure) -> DiagnosisResult {
        guard options.induce == nil else {
            throw .usage("--induce makes the counters of one CPU freeze: name that CPU with --cpu")
        }
        var jobs: [Job] = []
        // CPUs with the same core PMU have the same event.
        var choices: [String?: CounterChoice] = [:]
        for machine in Machine.read(cpus: allowedCPUs()) {
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
            isInterrupted: () -> Bool, progress: (DiagnosisProgress) -> Void
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

/// How far all CPUs together are, as one line.
private final class SharedProgress: Sendable {
    private struct State {
        var line = ProgressLine()
        var last: [Int: DiagnosisProgress] = [:]
    }

    private let state = Mutex(State())

    func show(_ progress: DiagnosisProgress, of cpu: Int) {
        state.withLock { state in
            state.last[cpu] = progress
            state.line.show(
                DiagnosisProgress(
                    probe: "\(state.last.count) CPUs · \(progress.probe)",
                    runsDone: state.last.values.reduce(0) { $0 + $1.runsDone },
                    runsPlanned: state.last.values.reduce(0) { $0 + $1.runsPlanned }))
        }
    }

    func erase() { state.withLock { $0.line.erase() } }
}
