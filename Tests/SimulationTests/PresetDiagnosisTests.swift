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
        let request = DiagnosisRequest(effort: rare.contains(name) ? .standard : .quick, cpu: 0, seed: seed)
        return diagnose(request, on: &bench, skidLimit: preset.pmu.skidLimit)
    }

    /// Presets whose fault a quick plan may end without having met twice.
    static let rare: Set<String> = ["asahi-off-by-one", "comet-lake-smi-unreadable", "pinned-starved"]

    /// Presets whose fault the four arms show.
    static let named = Preset.all.filter { preset in
        preset.needs == nil && Fault.allCases.contains { $0.rawValue == preset.fault } && !starved.contains(preset.name)
    }.map(\.name)

    /// Presets whose counters are held by others: that is a finding, and no fault of counting.
    static let starved = ["nmi-watchdog-two-counters", "pinned-starved"]

    @Test(
        "A fault that the four arms show is named, reproduced, and nothing else is", arguments: named,
        [1, 2] as [UInt64])
    func faulty(name: String, seed: UInt64) throws {
        let result = try Self.result(name, seed: seed)
        #expect(result.verdict == .faulty, "\(result.reasons)")
        let reproduced = result.findings.filter(\.isReproduced).map(\.fault.rawValue)
        #expect(reproduced == [Preset.named(name)?.fault], "\(result.findings.map(\.mechanism))")
        for finding in result.findings {
            #expect(!finding.evidence.isEmpty && !finding.excluded.isEmpty, "\(finding.fault)")
            #expect(finding.size.min <= finding.size.median && finding.size.median <= finding.size.max)
        }
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

    static let disturbed = ["throttled-laptop", "full-ring", "multiplexed"] + starved

    @Test("Every preset that deviates in the four arms is diagnosed here")
    func complete() {
        let deviating = Preset.all.filter { $0.fault != nil && $0.needs == nil }.map(\.name)
        #expect(Set(Self.named + Self.disturbed) == Set(deviating))
    }

    @Test("What disturbs is no fault of counting", arguments: disturbed)
    func disturbances(name: String) throws {
        let result = try Self.result(name, seed: 1)
        #expect(result.verdict == .inconclusive, "\(result.reasons)")
        #expect(result.findings.map(\.fault) == (Self.starved.contains(name) ? [.starvedCounter] : []))
    }
}
