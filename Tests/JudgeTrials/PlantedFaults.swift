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

// Faults of random size: a name must not depend on the size that a preset happens to have.
extension PlantedFault {
    static let varied: [PlantedFault] = [
        PlantedFault(any: "any healthy PMU", fault: nil) { model, draws in
            model.skid = skid(upTo: 2_000, &draws)
            model.counterWidth = .random(in: 32...63, using: &draws)
            model.branchesPerSecond = .random(in: 50_000_000...5_000_000_000, using: &draws)
            model.smisPerSecond = .random(in: 0...50, using: &draws)
            model.switchesPerSecond = .random(in: 0...500, using: &draws)
            model.freeze = Bool.random(using: &draws) ? .none : .delivery
        },
        PlantedFault(any: "any freeze", fault: .freezeOnPMI) { model, draws in
            let low = UInt64.random(in: 1...60, using: &draws)
            model.skid = .uniform(low: low, high: low + .random(in: 0...40, using: &draws))
            model.freeze = .overflow
            model.freezeOneIn = .random(in: 1...20, using: &draws)
            model.skidInKernelOneIn = .random(in: 0...200, using: &draws)
        },
        PlantedFault(any: "any drop", fault: .pmiDrop) { model, draws in
            model.skid = skid(upTo: 100, &draws)
            model.drop = .random(in: 1...3_000, using: &draws)
            model.dropOneIn = .random(in: 1...200, using: &draws)
        },
        PlantedFault(any: "any surplus", fault: .pmiSurplus) { model, draws in
            model.skid = skid(upTo: 100, &draws)
            model.surplus = .random(in: 1...3_000, using: &draws)
            model.surplusOneIn = .random(in: 1...200, using: &draws)
        },
        PlantedFault(any: "any lost PMI", fault: .lostPMI) { model, draws in
            model.skid = skid(upTo: 100, &draws)
            model.lostPMIOneIn = .random(in: 2...200, using: &draws)
            model.lostPMIIsRandom = .random(using: &draws)
            model.afterLostPMI = Bool.random(using: &draws) ? .single : .untilReload
        },
        PlantedFault(any: "any duplicate PMI", fault: .duplicatePMI) { model, draws in
            model.skid = skid(upTo: 100, &draws)
            model.duplicatePMIOneIn = .random(in: 1...200, using: &draws)
        },
        PlantedFault(any: "any late PMI", fault: .latePMI) { model, draws in
            model.skid = skid(upTo: 90, &draws)
            model.latePMIOneIn = .random(in: 1...200, using: &draws)
            model.latePMIBy = CountRange(101, .random(in: 101...20_000, using: &draws))
        },
        PlantedFault(any: "any spurious count", fault: .inexactUninterrupted) { model, draws in
            model.skid = skid(upTo: 100, &draws)
            model.spuriousOneIn = .random(in: 100...5_000_000, using: &draws)
        },
        PlantedFault(any: "any surplus of a run", fault: .inexactUninterrupted) { model, draws in
            model.skid = skid(upTo: 100, &draws)
            model.runSurplus = .random(in: 1...1_000, using: &draws)
            model.runSurplusOneIn = .random(in: 1...4, using: &draws)
        },
        PlantedFault(any: "any lock surplus", fault: .lockSurplus) { model, draws in
            model.skid = skid(upTo: 5_000, &draws)
            let low = UInt64.random(in: 1...4, using: &draws)
            model.lockSurplus = CountRange(low, low + .random(in: 0...3, using: &draws))
            model.lockSurplusOneIn = .random(in: 1...5_000, using: &draws)
        },
        PlantedFault(any: "any leak at kernel entries", fault: .kernelLeak) { model, draws in
            model.skid = skid(upTo: 100, &draws)
            model.kernelLeak = .random(in: 1...50, using: &draws)
        },
        PlantedFault(any: "any leak at interrupts", fault: .kernelLeak) { model, draws in
            model.skid = skid(upTo: 100, &draws)
            model.interruptLeak = .random(in: 1...5, using: &draws)
            model.ticksPerSecond = [250, 300, 1_000].randomElement(using: &draws) ?? 250
        },
        PlantedFault(any: "any SMI surplus", fault: .smiSurplus) { model, draws in
            model.skid = skid(upTo: 100, &draws)
            model.smisPerSecond = .random(in: 15...100, using: &draws)
            let low = UInt64.random(in: 1...100_000, using: &draws)
            model.smiSurplus = CountRange(low, low + .random(in: 0...1_000_000, using: &draws))
        },
        PlantedFault(any: "any context switch loss", fault: .contextSwitchLoss) { model, draws in
            model.skid = skid(upTo: 100, &draws)
            model.switchesPerSecond = .random(in: 100...2_000, using: &draws)
            model.lossPerSwitch = .random(in: 1...100, using: &draws)
        },
        PlantedFault(any: "any offset", fault: .countOffset) { model, draws in
            model.skid = skid(upTo: 100, &draws)
            model.offset = 1 << UInt64.random(in: 31...60, using: &draws) - .random(in: 0...1, using: &draws)
            model.offsetOneIn = .random(in: 1...8, using: &draws)
        },
        PlantedFault(any: "any exhausted host", fault: .deadCounter) { model, draws in
            model.skid = skid(upTo: 100, &draws)
            model.hostExhaustedOneIn = .random(in: 1...8, using: &draws)
            model.hostExhaustedCounts = .random(in: 0...2_000, using: &draws)
        },
        PlantedFault(any: "any small share", fault: .wrongEvent) { model, draws in
            model.skid = skid(upTo: 100, &draws)
            model.countedPerMille = .random(in: 5...450, using: &draws)
        },
    ]

    private static func skid(upTo limit: UInt64, _ draws: inout SeededGenerator) -> SkidDistribution {
        let low = UInt64.random(in: 0...limit / 2, using: &draws)
        return .uniform(low: low, high: low + .random(in: 0...limit / 2, using: &draws))
    }
}
