import Measurement
import Simulation
import Testing

@testable import Diagnosis

@Suite("Several CPUs in one result")
struct MultipleCPUsTests {
    private func diagnosis(
        cpu: Int, coreType: String? = nil, _ change: (inout SimulatedModel) -> Void = { _ in }
    ) -> CPUDiagnosis {
        var bench = TamperedBench(change)
        let result = diagnose(DiagnosisRequest(effort: .quick, cpu: cpu), on: &bench, skidLimit: 100)
        return CPUDiagnosis(cpu: cpu, coreType: coreType, skidLimit: 100, result: result)
    }

    private func freezing(_ model: inout SimulatedModel) { model.freeze = .overflow }

    @Test("CPUs that are all accurate are accurate together, and every run is kept")
    func accurate() {
        let parts = (0..<4).map { diagnosis(cpu: $0) }
        let merged = DiagnosisResult.merged(parts)
        #expect(merged.verdict == .accurate && merged.findings.isEmpty)
        #expect(merged.runs.count == parts.reduce(0) { $0 + $1.result.runs.count })
        #expect(Set(merged.runs.map(\.cpu)) == [0, 1, 2, 3])
        #expect(merged.cpus?.map(\.verdict) == [.accurate, .accurate, .accurate, .accurate])
        #expect(merged.probes.map(\.id) == parts[0].result.probes.map(\.id))
        #expect(merged.probes.allSatisfy { $0.outcome == .clean || $0.outcome == .skipped })
    }

    @Test("One faulty CPU of four makes the result faulty, and the finding says which it is")
    func oneFaulty() throws {
        let parts = (0..<4).map { cpu in diagnosis(cpu: cpu) { if cpu == 2 { freezing(&$0) } } }
        let merged = DiagnosisResult.merged(parts)
        #expect(merged.verdict == .faulty)
        let finding = try #require(merged.findings.first)
        #expect(merged.findings.count == 1 && finding.fault == .freezeOnPMI)
        #expect(finding.cpus == [2] && finding.cpuList == "2")
        let offset = parts[0].result.runs.count + parts[1].result.runs.count
        #expect(finding.runs == parts[2].result.findings.first?.runs.map { $0 + offset })
        #expect(merged.cpus?.map(\.faults) == [[], [], [.freezeOnPMI], []])
        #expect(merged.reasons.first?.hasPrefix("freeze-on-pmi: ") == true)
        let totals = try #require(merged.probes.first { $0.id == "pmi-totals" })
        #expect(totals.outcome == .finding && totals.answer.contains("CPU 0-1,3: exact"))
        #expect(totals.answer.contains("CPU 2: 1 to 10 (median 10) lost at each PMI"))
    }

    @Test("Two faults on two core types are two findings, each with its CPUs")
    func twoFaults() {
        let merged = DiagnosisResult.merged([
            diagnosis(cpu: 0, coreType: "core", freezing), diagnosis(cpu: 1, coreType: "core", freezing),
            diagnosis(cpu: 8, coreType: "atom") { $0.drop = 3 },
        ])
        #expect(merged.findings.map(\.fault) == [.freezeOnPMI, .pmiDrop])
        #expect(merged.findings.map(\.cpus) == [[0, 1], [8]])
        #expect(merged.cpus?.map(\.coreType) == ["core", "core", "atom"])
        #expect(merged.reasons.count == 2)
    }

    @Test("What was seen once on each of two CPUs is not reproduced")
    func onceEach() {
        func once(cpu: Int) -> CPUDiagnosis {
            var bench = TamperedBench {
                $0.freeze = .overflow
                $0.runSurplus = 2
            }
            bench.onlyRun = 17
            return CPUDiagnosis(
                cpu: cpu, result: diagnose(DiagnosisRequest(effort: .quick, cpu: cpu), on: &bench, skidLimit: 100))
        }
        let merged = DiagnosisResult.merged([once(cpu: 0), once(cpu: 1)])
        #expect(merged.verdict == .inconclusive)
        #expect(!merged.findings.isEmpty && merged.findings.allSatisfy { !$0.isReproduced })
        #expect(merged.findings.allSatisfy { $0.cpus == [0, 1] })
    }

    @Test("The worst verdict is the result's", arguments: [Verdict.faulty, .inconclusive, .unsupported])
    func worst(verdict: Verdict) {
        var other = diagnosis(cpu: 1)
        other.result.verdict = verdict
        other.result.reasons = ["because"]
        let merged = DiagnosisResult.merged([diagnosis(cpu: 0), other])
        #expect(merged.verdict == verdict)
        if verdict != .faulty { #expect(merged.reasons.first == "CPU 1: because") }
    }

    @Test("A CPU that goes offline is named and leaves no verdict, whatever it showed before")
    func offline() throws {
        var gone = diagnosis(cpu: 3, freezing)
        gone.markOffline()
        let merged = DiagnosisResult.merged([diagnosis(cpu: 0), gone])
        #expect(merged.verdict == .inconclusive)
        #expect(merged.reasons.first?.contains("CPU 3 went offline") == true)
        #expect(merged.cpus?.last?.verdict == .inconclusive && merged.cpus?.last?.faults == [.freezeOnPMI])
        #expect(merged.runs.contains { $0.cpu == 3 })
    }

    @Test("No CPU at all is no verdict")
    func none() {
        let merged = DiagnosisResult.merged([])
        #expect(merged.verdict == .inconclusive && merged.cpus == [])
    }

    @Test("A control that fails on one CPU is not saved by its neighbour's")
    func control() {
        var blind = TamperedBench()
        blind.falsify = { record in
            guard let planted = record.planted else { return }
            record.counted += planted.total
            record.samplerCounted = record.samplerCounted.map { $0 + planted.total }
        }
        let result = diagnose(DiagnosisRequest(effort: .quick, cpu: 1), on: &blind, skidLimit: 100)
        let merged = DiagnosisResult.merged([diagnosis(cpu: 0), CPUDiagnosis(cpu: 1, result: result)])
        #expect(merged.verdict == .inconclusive)
        #expect(merged.probes.first { $0.id == "planted-loss-control" }?.outcome == .inconclusive)
    }
}
