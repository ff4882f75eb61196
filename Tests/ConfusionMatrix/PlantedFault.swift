import Diagnosis
import Measurement
import Simulation

/// One row of the matrix: a preset, what should be said of it, and how much is measured.
struct PlantedFault: Sendable {
    let name: String
    /// Slug of the fault or disturbance; nil for a healthy PMU.
    let fault: String?
    /// The PMU that a seed stands for.
    let pmu: @Sendable (UInt64) -> SimulatedPMU
    /// What a run must do for the fault to show; nil where the four arms show it.
    let needs: String?
    let effort: Effort
    /// Why the effort is another than quick.
    let reason: String?

    var isHealthy: Bool { fault == nil }

    static let all: [PlantedFault] = Preset.all.map(PlantedFault.init) + varied
    static let healthy: [PlantedFault] = all.filter(\.isHealthy)

    private init(_ preset: Preset) {
        name = preset.name
        fault = preset.fault
        let preset = preset
        pmu = { _ in preset.pmu }
        needs = preset.needs
        let longer = Self.longer[preset.name]
        effort = longer?.effort ?? (preset.needs == nil ? .quick : .standard)
        reason = longer?.reason ?? (preset.needs.map { "needs \($0)" })
    }

    /// A fault of another size with each seed.
    init(
        any name: String, fault: Fault?,
        _ change: @escaping @Sendable (inout SimulatedModel, inout SeededGenerator) -> Void
    ) {
        self.name = name
        self.fault = fault?.rawValue
        needs = nil
        effort = .quick
        reason = nil
        pmu = { seed in
            var model = SimulatedModel()
            var draws = SeededGenerator(seed: seed)
            change(&model, &draws)
            return SimulatedPMU(name: name, model: model)
        }
    }

    /// Presets whose fault is so rare that a quick plan may end without two occasions of it.
    private static let longer: [String: (effort: Effort, reason: String)] = [
        "asahi-off-by-one": (.standard, "one count in 28.6 million: some 6 in a quick plan's uninterrupted runs"),
        "comet-lake-smi-unreadable": (.standard, "20 SMIs a second: some 3 in a quick plan's uninterrupted runs"),
        "pinned-starved": (.standard, "one run in 50: some 2 in a quick plan"),
    ]

    /// One diagnosis: what it names, and whether that is right.
    func diagnosis(seed: UInt64) -> Judgement {
        let pmu = pmu(seed)
        var bench = SimulatedBench(pmu, seed: seed)
        let result = diagnose(
            DiagnosisRequest(effort: effort, cpu: 0, seed: seed), on: &bench, skidLimit: pmu.skidLimit)
        return Judgement(of: result, planted: fault, model: pmu.differences.joined(separator: ","))
    }

    /// Whether any run is made in which the fault could show.
    var canShow: Bool {
        guard needs != nil else { return true }
        let pmu = pmu(1)
        var bench = SimulatedBench(pmu)
        let request = DiagnosisRequest(effort: effort, cpu: 0)
        return diagnose(request, on: &bench, skidLimit: pmu.skidLimit).runs.contains { $0.condition != nil }
    }
}
