import Diagnosis
import Measurement
import Simulation
import Testing

/// What a diagnosis says of each preset.
@Suite("Presets are diagnosed")
struct PresetDiagnosisTests {
    static func result(_ name: String, seed: UInt64) throws -> DiagnosisResult {
        let preset = try #require(Preset.named(name))
        var bench = SimulatedBench(preset.pmu, seed: seed)
        return diagnose(DiagnosisRequest(cpu: 0, seed: seed), on: &bench, skidLimit: preset.pmu.skidLimit)
    }

    /// Presets whose fault has a rule, and the findings of it.
    static let named: [String] = [
        "skylake-4.20", "skylake-5.10-perf-v4-pmi", "induced-freeze", "sampler-drop", "rare-drop", "xen-pmi-overcount",
        "lost-pmi",
        "lost-pmi-single", "linux-4.12-kernel-skid", "apple-m2-no-pmi", "zen-late-pmi", "westmere-late-pmi",
        "zen-erratum-1292",
        "silvermont-plus-one", "comet-lake-smi-unreadable", "kvm-host-contended", "alder-lake-wrong-core",
        "aws-i3-architectural",
    ]

    @Test("A fault that a rule knows is named, and reproduced", arguments: named, [1, 2, 3] as [UInt64])
    func faulty(name: String, seed: UInt64) throws {
        let result = try Self.result(name, seed: seed)
        let fault = try #require(Preset.named(name)?.fault)
        #expect(result.verdict == .faulty, "\(result.reasons)")
        #expect(
            result.findings.contains { $0.fault.rawValue == fault && $0.isReproduced },
            "\(result.findings.map(\.fault))")
    }

    @Test(
        "A healthy PMU is accurate, with all probes clean", arguments: Preset.healthyOnes.map(\.name),
        [1, 2, 3] as [UInt64])
    func healthy(name: String, seed: UInt64) throws {
        let result = try Self.result(name, seed: seed)
        #expect(result.verdict == .accurate, "\(result.reasons)")
        #expect(result.findings.isEmpty && result.probes.allSatisfy { $0.outcome == .clean || $0.outcome == .skipped })
    }

    @Test("Skids longer than the shortest period make no lost PMI", arguments: [[], [1_009]] as [[UInt64]])
    func longSkids(periods: [UInt64]) throws {
        let preset = try #require(Preset.named("healthy-zen2"))
        var bench = SimulatedBench(preset.pmu)
        let request = DiagnosisRequest(effort: .thorough, cpu: 0, periods: periods, rounds: 2)
        #expect(diagnose(request, on: &bench, skidLimit: preset.pmu.skidLimit).findings.isEmpty)
    }

    static let deviating = Preset.all.filter { $0.fault != nil && $0.needs == nil }.map(\.name)
    static let disturbed = [
        "throttled-laptop", "full-ring", "nmi-watchdog-two-counters", "pinned-starved", "multiplexed",
    ]

    @Test("Nothing that deviates passes for accurate", arguments: deviating)
    func noneAccurate(name: String) throws {
        let result = try Self.result(name, seed: 1)
        #expect(result.verdict != .accurate, "\(result.reasons)")
    }

    @Test("What disturbs is no fault of counting", arguments: disturbed)
    func disturbances(name: String) throws {
        let result = try Self.result(name, seed: 1)
        #expect(result.verdict == .inconclusive, "\(result.reasons)")
        #expect(result.findings.allSatisfy { $0.fault == .starvedCounter })
    }
}
