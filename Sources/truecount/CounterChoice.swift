import Measurement
import PerfEvents
import Simulation

/// What counts in a diagnosis, or why nothing can.
enum CounterChoice {
    case hardware(RCBEvent)
    case breakpoint
    case simulated(SimulatedPMU)
    case unsupported(CounterSource, String)

    var source: CounterSource {
        switch self {
        case .hardware: .hardware
        case .breakpoint: .breakpoint
        case .simulated: .simulated
        case .unsupported(let source, _): source
        }
    }

    /// - Throws: a usage failure for an event that does not exist, or has no meaning with the source asked for.
    static func choose(_ option: SourceOption, event: String?, on machine: Machine) throws(Failure) -> CounterChoice {
        if let event {
            switch option {
            case .breakpoint, .simulated:
                throw .usage("--event names an event of the core PMU and has no meaning with --pmu \(option)")
            case .auto, .hardware: break
            }
            // A mistyped name is a mistake wherever it is typed, with a PMU or without.
            return try hardware(named: event, on: machine)
        }
        switch option {
        case .breakpoint: return .breakpoint
        case .simulated(let pmu): return .simulated(pmu)
        case .auto: return machine.corePMU != nil ? try hardware(named: nil, on: machine) : .breakpoint
        case .hardware: return try hardware(named: nil, on: machine)
        }
    }

    private static func hardware(named name: String?, on machine: Machine) throws(Failure) -> CounterChoice {
        let cpu = machine.processor.number
        var event: RCBEvent?
        do throws(EventNameError) {
            event = if let name { try RCBEvent.named(name, cpu: cpu) } else { machine.branchEvent }
            if let known = machine.branchEvent, event?.event == known.event { event?.counts = known.counts }
        } catch {
            if isMistake(error.code) { throw .usage("--event \(error)") }
            return .unsupported(.hardware, error.description)
        }
        guard let event else {
            return .unsupported(.hardware, machine.branchEventsProblem ?? "no event counts branches on CPU \(cpu)")
        }
        guard machine.corePMU != nil else {
            let obstacle = machine.obstacles.first { $0.weight == .prevents }
            return .unsupported(.hardware, obstacle?.description ?? "Linux shows no core PMU for CPU \(cpu)")
        }
        return .hardware(event)
    }

    /// Whether the name is wrong, and not the machine.
    private static func isMistake(_ code: EventNameError.Code) -> Bool {
        let aboutTheMachine: [EventNameError.Code] = [
            .libraryUnavailable, .absentPMU, .unknownCPU, .unsupportedCPU, .kernelTooOld, .noProcessorInformation,
        ]
        return !aboutTheMachine.contains(code)
    }
}
