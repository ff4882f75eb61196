import Testing
import Diagnosis
import Measurement
import Simulation

/// What the rules of today say of each preset.
@Suite("Presets are diagnosed")
struct PresetDiagnosisTests {
    static func result(_ name: String, seed: UInt64, effort: Effort = .standard) throws -> DiagnosisResult {
        let preset = try #require(Preset.named(name))
        var bench = SimulatedBench(preset.pmu, seed: seed)
        return diagnose(DiagnosisRequest(effort: effort, cpu: 0, seed: seed), on: &bench, skidLimit: preset.pmu.skidLimit)
    }

    @Test("dump")
    func dump() throws {
        for preset in Preset.all {
            let result = try Self.result(preset.name, seed: 1)
            print("DUMP", preset.name, preset.fault ?? "healthy", "->", result.verdict.rawValue,
                result.findings.map { "\($0.fault.rawValue)x\($0.runsShowing)[\($0.size.min),\($0.size.median),\($0.size.max)]" }, result.reasons.first ?? "")
        }
    }
}
