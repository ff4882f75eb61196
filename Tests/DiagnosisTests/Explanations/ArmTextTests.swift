import Foundation
import Simulation
import Testing

@testable import Diagnosis
@testable import Measurement

@Suite("What is said of an Arm CPU names nothing that only x86 has")
struct ArmTextTests {
    /// Registers, instructions, errata and interrupts of x86, as words of their own: slugs such as `rdpmc-disagrees` are names.
    private static let foreign =
        #"(?<![-\w])(MSRs?|MSR_\w+|r11c4|CPUIDs?|IA32_\w+|DebugCtl|freeze_on_smi|perf_v4_pmi|1292|1023|APIC|SMIs?|LBR|rdpmc|AMD|Intel)(?![-\w])"#

    /// Faults of what an Arm CPU has not: system management mode, checkpointed counters, SpecLockMap.
    private static let foreignFaults: Set<Fault> = [.smiSurplus, .checkpointLoss, .cpuidLoss]

    /// That a fault is known of another maker's CPUs alone is no advice of theirs.
    private func foreignWord(_ whole: String) -> String? {
        let text = whole.replacing("known of AMD's Zen alone", with: "")
        return text.range(of: Self.foreign, options: .regularExpression).map { String(text[$0]) }
    }

    private func texts(_ result: DiagnosisResult) -> [String] {
        var texts = result.reasons + result.notes
        for probe in result.probes { texts += [probe.question, probe.title, probe.answer] }
        for finding in result.findings {
            texts += [finding.mechanism, finding.advice] + finding.evidence
            for other in finding.excluded { texts += [other.alternative, other.because] }
            for other in finding.notMeasured { texts += [other.alternative, other.because, other.command] }
        }
        return texts
    }

    /// As if each fault that a model has were found on a Neoverse N1.
    @Test("A diagnosis", arguments: Preset.all.map(\.name))
    func diagnosis(name: String) throws {
        let preset = try #require(Preset.named(name))
        var pmu = preset.pmu
        pmu.model.smisPerSecond = 0
        var bench = SimulatedBench(pmu, seed: 1)
        var result = diagnose(DiagnosisRequest(effort: .standard, cpu: 0), on: &bench, skidLimit: pmu.skidLimit)
        result.source = .hardware
        guard Set(result.findings.map(\.fault)).isDisjoint(with: Self.foreignFaults) else { return }
        let told = try result.addressed(to: ReadinessMachine.read(ReadinessMachine.neoverseN1))
        for text in texts(told) { #expect(foreignWord(text) == nil, "\(text)") }
    }

    @Test("Every text that has one for Arm")
    func vendorTexts() {
        for text in VendorText.all where text.on(.arm) != text.general {
            #expect(foreignWord(text.on(.arm)) == nil, "\(text.on(.arm))")
        }
    }

    @Test("What stands in a recording's or rr's way, booted with a parameter for Intel")
    func obstacles() throws {
        var files = ReadinessMachine.neoverseN1
        files["/proc/cmdline"] = "quiet perf_v4_pmi=1"
        for machine in [try ReadinessMachine.read(ReadinessMachine.neoverseN1), try ReadinessMachine.read(files)] {
            #expect(machine.processor.maker == .arm)
            let readiness = RRReadiness(machine)
            let said = machine.obstacles.map(\.description) + readiness.checks.flatMap { [$0.question, $0.reason] }
            #expect(said.compactMap(foreignWord).isEmpty, "\(said)")
        }
    }
}
