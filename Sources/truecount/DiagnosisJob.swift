import Diagnosis
import Measurement
import PerfEvents
import Reporting
import Simulation

/// A diagnosis as the command line asks for it: finds the counter source, and runs the library's `diagnose` on it.
struct DiagnosisJob {
    struct Options {
        var pmu: SourceOption
        var event: String?
        var periods: [UInt64]
        var runs: Int?
        var effort: Effort
        var seed: UInt64
        var induce: InduceOption?
        var allowsLongRuns = false
        /// Empty asks all.
        var probes: Set<String> = []
    }

    var options: Options
    /// Read for the CPU under test.
    var machine: Machine

    private var cpu: Int { machine.processor.number }

    /// - Throws: `Failure` for what the person has to change. A machine on which nothing can be measured is a result.
    func run(
        isInterrupted: @escaping () -> Bool, progress: @escaping (DiagnosisProgress) -> Void
    ) throws(Failure) -> DiagnosisResult {
        let result = try run(try choice(), isInterrupted: isInterrupted, progress: progress)
        if let refusal = result.planRefusal { throw .usage(refusal) }
        return result
    }

    /// libpfm4 is not made for several threads, so this is for the one that starts the others.
    func choice() throws(Failure) -> CounterChoice {
        try CounterChoice.choose(options.pmu, event: options.event, on: machine)
    }

    func run(
        _ choice: CounterChoice, isInterrupted: @escaping () -> Bool, progress: @escaping (DiagnosisProgress) -> Void
    ) throws(Failure) -> DiagnosisResult {
        switch choice {
        case .unsupported(let source, let reason):
            return .unsupported(source, reason)
        case .simulated(let pmu):
            guard options.induce == nil else {
                throw .usage(
                    "--induce makes this machine's counters freeze and has no meaning with --pmu simulated; give the model freeze=overflow"
                )
            }
            return simulate(pmu, isInterrupted, progress)
        case .breakpoint:
            guard options.induce == nil else {
                throw Failure(
                    status: .unsupported,
                    message:
                        "--induce freeze-on-pmi: there is no core PMU here whose counters could freeze; run it where truecount info shows one"
                )
            }
            var result = try measure(CountedEvents(.breakpoint), skidLimit: nil, isInterrupted, progress)
            if options.pmu == .auto, result.verdict == .unsupported {
                // The next step: what has to change for the hardware to be measured.
                result.reasons += machine.obstacles.filter { $0.weight == .prevents }.map(\.description)
            }
            return result
        case .hardware(let event):
            guard options.induce != nil else {
                return try measure(.hardware(event), skidLimit: event.skidLimit, isInterrupted, progress)
            }
            let freeze = try induceFreeze()
            var result = try measure(.hardware(event), skidLimit: event.skidLimit, isInterrupted, progress)
            result.markInduced(freeze.restore())
            return result
        }
    }

    private var request: DiagnosisRequest {
        var request = DiagnosisRequest(
            effort: options.effort, cpu: cpu, periods: options.periods, rounds: options.runs, seed: options.seed)
        request.probes = options.probes
        request.allowsLongRuns = options.allowsLongRuns
        return request
    }

    /// Said before it is done: the other users of this CPU's counters are concerned, too.
    private func induceFreeze() throws(Failure) -> InducedFreeze {
        do throws(InductionError) {
            let control = try InducedFreeze.control(of: machine.processor)
            StandardStreams.complain(
                "--induce: setting bit 12 (\(control.bit)) of \(control.register) on CPU \(cpu) until the diagnosis ends; "
                    + "every counter of that CPU, other programs' too, may lose counts meanwhile, and the kernel notes the write in its taint"
            )
            return try InducedFreeze(machine.processor)
        } catch {
            throw Failure(status: .unsupported, message: error.description)
        }
    }

    private func simulate(
        _ pmu: SimulatedPMU, _ isInterrupted: @escaping () -> Bool, _ progress: @escaping (DiagnosisProgress) -> Void
    ) -> DiagnosisResult {
        var bench = SimulatedBench(pmu, seed: options.seed)
        return diagnose(request, on: &bench, skidLimit: pmu.skidLimit, isInterrupted: isInterrupted, progress: progress)
    }

    private func measure(
        _ events: CountedEvents, skidLimit: UInt64?, _ isInterrupted: @escaping () -> Bool,
        _ progress: @escaping (DiagnosisProgress) -> Void
    ) throws(Failure) -> DiagnosisResult {
        var request = request
        if let limit = machine.limits.perfEventMaxSampleRate.flatMap(UInt64.init(exactly:)) {
            request.sampleRateLimit = limit
        }
        do throws(MeasurementError) {
            var bench = try KernelBench(events, cpu: cpu)
            return diagnose(request, on: &bench, skidLimit: skidLimit, isInterrupted: isInterrupted, progress: progress)
        } catch {
            throw .software(error.description)
        }
    }
}

extension DiagnosisResult {
    /// The result of a diagnosis that could not begin.
    fileprivate static func unsupported(_ source: CounterSource, _ reason: String) -> DiagnosisResult {
        DiagnosisResult(source: source, verdict: .unsupported, reasons: [reason], findings: [], probes: [], runs: [])
    }
}
