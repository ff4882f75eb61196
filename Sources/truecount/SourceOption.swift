import ArgumentParser
import Diagnosis
import Reporting
import Simulation

/// `--pmu`: what counts.
enum SourceOption: Hashable, CustomStringConvertible {
    case auto, hardware, breakpoint
    case simulated(SimulatedPMU)

    private static let simulatedPrefix = "simulated:"

    /// What a shell completes. Only a diagnosis can be simulated.
    static let completion = CompletionKind.list(measuring + Preset.all.map { simulatedPrefix + $0.name })
    static let measuringCompletion = CompletionKind.list(measuring)
    private static let measuring = ["auto", "hardware", "breakpoint"]

    /// - Throws: `ValidationError`, which names the source, model or parameter that does not exist.
    static func parse(_ text: String) throws -> SourceOption {
        switch text {
        case "auto": return .auto
        case "hardware": return .hardware
        case "breakpoint": return .breakpoint
        default: break
        }
        guard text.hasPrefix(simulatedPrefix) else {
            throw ValidationError(
                "use auto, hardware, breakpoint, or simulated:MODEL (truecount list models)")
        }
        do throws(SimulatedPMUError) {
            return .simulated(try SimulatedPMU(parsing: String(text.dropFirst(simulatedPrefix.count))))
        } catch {
            throw ValidationError(error.description)
        }
    }

    /// What a report says was simulated; nil where nothing was.
    func model(seed: UInt64) -> ReportedModel? {
        guard case .simulated(var pmu) = self else { return nil }
        pmu.seed = pmu.seed ?? seed
        return ReportedModel(name: pmu.name, parameters: pmu.parameters)
    }

    var description: String {
        switch self {
        case .auto: "auto"
        case .hardware: "hardware"
        case .breakpoint: "breakpoint"
        case .simulated: "simulated"
        }
    }
}

/// `--probe`: one probe by its id, or the ones that a verdict needs.
struct ProbeChoice: Hashable {
    let ids: Set<String>

    private static let arms = "arms"

    static let completion = CompletionKind.list(ProbeDescription.all.map(\.id) + [arms])

    /// - Throws: `ValidationError`, which names the nearest ids.
    static func parse(_ text: String) throws -> ProbeChoice {
        if text == arms { return ProbeChoice(ids: ProbeDescription.arms) }
        let known = ProbeDescription.all.map(\.id)
        guard known.contains(text) else {
            let failure = Failure.unknown("probe", text, among: known + [arms], lister: "truecount list probes")
            throw ValidationError(failure.message)
        }
        return ProbeChoice(ids: [text])
    }
}
