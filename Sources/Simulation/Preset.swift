/// A named model after a PMU that somebody has met.
public struct Preset: Sendable {
    public let name: String
    /// What is the matter with it, in one line.
    public let summary: String
    /// Where it is described: a row of the catalogue in docs/faults.md, an issue or a commit.
    public let source: String
    /// Slug of the fault, or of the disturbance, that is in it; nil for a healthy one.
    public let fault: String?
    /// What a run must do for the fault to show; nil where the four arms show it.
    public let needs: String?
    public let model: SimulatedModel

    public var pmu: SimulatedPMU { SimulatedPMU(name: name, model: model) }

    init(
        _ name: String, _ summary: String, source: String, fault: String?, needs: String? = nil,
        _ change: (inout SimulatedModel) -> Void = { _ in }
    ) {
        self.name = name
        self.summary = summary
        self.source = source
        self.fault = fault
        self.needs = needs
        var model = SimulatedModel()
        change(&model)
        self.model = model
    }

    /// Every preset, in the order in which lists show them: healthy ones, then by what is wrong.
    public static let all: [Preset] =
        healthy + freezing + countingAtPMIs + losingPMIs + withoutPMIs + notCounting + onArm + virtual + conditional

    public static let healthyOnes: [Preset] = all.filter { $0.fault == nil }

    public static func named(_ name: String) -> Preset? { all.first { $0.name == name } }
}
