import PerfEvents

/// A model with its name: what `--pmu simulated:MODEL,key=value,…` chooses, and what a report says was simulated.
public struct SimulatedPMU: Codable, Hashable, Sendable {
    /// Of the preset that it began as.
    public var name: String
    public var model: SimulatedModel
    /// What everything random is drawn from, where the choice said so.
    public var seed: UInt64?

    public init(name: String, model: SimulatedModel, seed: UInt64? = nil) {
        self.name = name
        self.model = model
        self.seed = seed
    }

    /// Reads "MODEL" or "MODEL,key=value,…". Later values replace earlier ones; `seed` is a key like any other.
    ///
    /// - Throws: ``SimulatedPMUError``, which names the model or key, those of a like name, and the range allowed.
    public init(parsing text: String) throws(SimulatedPMUError) {
        var parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let name = String(parts.removeFirst())
        guard let preset = Preset.named(name) else { throw .unknownModel(name) }
        self = preset.pmu
        for part in parts { try override(String(part)) }
    }

    private mutating func override(_ assignment: String) throws(SimulatedPMUError) {
        guard let sign = assignment.firstIndex(of: "=") else { throw .missingValue(assignment) }
        let key = String(assignment[..<sign])
        let value = String(assignment[assignment.index(after: sign)...])
        if key == "seed" {
            guard let seed = UInt64(value) else {
                throw .valueOutOfRange(key: key, value: value, allowed: "0 to \(UInt64.max)")
            }
            self.seed = seed
            return
        }
        guard let parameter = ModelParameter.named(key) else { throw .unknownKey(key) }
        guard parameter.set(&model, value) else {
            throw .valueOutOfRange(key: key, value: value, allowed: parameter.allowed)
        }
    }

    /// Every parameter by its key, as a report keeps them.
    public var parameters: [String: String] {
        var parameters = Dictionary(uniqueKeysWithValues: ModelParameter.all.map { ($0.key, $0.text(model)) })
        if let seed { parameters["seed"] = "\(seed)" }
        return parameters
    }

    /// The parameters in which it differs from a healthy PMU with a skid of 10, as "key=value".
    public var differences: [String] {
        let healthy = SimulatedModel()
        return ModelParameter.all.filter { $0.text(model) != $0.text(healthy) }.map { "\($0.key)=\($0.text(model))" }
    }

    /// The largest skid that rr would allow a CPU of this kind: an Intel's 100 or 125 are reached by none of the
    /// presets' common skids, and Zen's 10,000 are as well (rr src/PerfCounters.cc).
    public var skidLimit: UInt64 { model.skid.largest <= 100 ? 100 : model.skid.largest <= 125 ? 125 : 10_000 }
}

/// Why a choice of a simulated PMU cannot be understood: one line.
public enum SimulatedPMUError: Error, Sendable, Hashable, CustomStringConvertible {
    case unknownModel(String)
    case unknownKey(String)
    case missingValue(String)
    case valueOutOfRange(key: String, value: String, allowed: String)

    public var description: String {
        switch self {
        case .unknownModel(let name):
            "there is no simulated PMU '\(name)'\(Self.hint(name, among: Preset.all.map(\.name))); truecount list models shows all"
        case .unknownKey(let key):
            "a simulated PMU has no parameter '\(key)'\(Self.hint(key, among: ModelParameter.all.map(\.key) + ["seed"]));"
                + " truecount list models --parameters shows all"
        case .missingValue(let text):
            "'\(text)' is not of the form key=value\(Self.hint(text, among: ModelParameter.all.map(\.key) + ["seed"]))"
        case .valueOutOfRange(let key, let value, let allowed):
            "the simulated PMU's \(key) cannot be '\(value)'; allowed: \(allowed)"
        }
    }

    private static func hint(_ name: String, among names: [String]) -> String {
        let near = NearNames.of(name, among: names)
        return near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
    }
}
