import Measurement
import Simulation
import Testing

@testable import Diagnosis

/// Runs that lose something to an interrupt that is not their own, and controls beside windows of random size.
@Suite("Freezes that others cause, and controls beside them")
struct ForeignWindowTests {
    /// A CPU that freezes, on which somebody else's PMI falls into so many uninterrupted runs and costs so much.
    func diagnosis(foreign: Int, loss: UInt64, _ change: (inout SimulatedModel) -> Void = { _ in }) -> DiagnosisResult {
        var bench = TamperedBench {
            $0.freeze = .overflow
            $0.skid = .uniform(low: 5, high: 39)
            $0.kernelBranchesPerEntry = 0
            change(&$0)
        }
        var struck = 0
        bench.falsify = { record in
            guard record.arm == .countingAlone, record.expected > 1_000_000, struck < foreign else { return }
            record.counted -= loss
            struck += 1
        }
        return diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench, skidLimit: 100)
    }

    @Test("A few uninterrupted runs that lose one window are the freeze's too", arguments: [1, 3, 6])
    func foreign(runs: Int) {
        let result = diagnosis(foreign: runs, loss: 20)
        #expect(result.verdict == .faulty)
        #expect(result.findings.map(\.fault) == [.freezeOnPMI])
        #expect(result.findings.first?.evidence.contains { $0.contains("a PMI of another user") } == true)
    }

    @Test("Uninterrupted runs that lose more than a window, or too many, are not the freeze's")
    func notForeign() {
        #expect(diagnosis(foreign: 3, loss: 40).findings.map(\.fault) == [.inexactUninterrupted])
        #expect(diagnosis(foreign: 15, loss: 20).findings.map(\.fault) == [.inexactUninterrupted])
        let healthy = diagnosis(foreign: 3, loss: 20) { $0.freeze = .none }
        #expect(healthy.findings.map(\.fault) == [.inexactUninterrupted])
    }

    @Test("One uninterrupted run that is wrong once does not hide what each PMI loses")
    func onceBeside() {
        let result = diagnosis(foreign: 1, loss: 1_000)
        #expect(result.verdict == .faulty)
        #expect(result.findings.map(\.fault) == [.inexactUninterrupted, .freezeOnPMI])
        #expect(result.findings.map(\.isReproduced) == [false, true])
    }

    @Test(
        "A planted loss is found beside windows of any size", arguments: [.none, .overflow] as [SimulatedModel.Freeze])
    func control(freeze: SimulatedModel.Freeze) {
        let result = diagnosis(foreign: 0, loss: 0) { $0.freeze = freeze }
        let control = result.probes.first { $0.id == "planted-loss-control" }
        #expect(control?.outcome == .clean, "\(control?.answer ?? "")")
        #expect(control?.answer.contains(" lost at each PMI") == (freeze == .overflow))
    }

    /// Samples that show 0 to 13 of a drop's 13, as where the PMI comes among the branches that are dropped.
    @Test(
        "A control beside a steady drop finds its planted loss, and fails where one branch of it is missing",
        arguments: [0, 1])
    func steadyDrop(missing: UInt64) {
        var bench = TamperedBench {
            $0.drop = 13
            $0.skid = .uniform(low: 0, high: 20)
        }
        bench.falsify = { record in
            guard let planted = record.planted, planted.total > 0 else { return }
            record.samplerCounted = record.samplerCounted.map { $0 + missing }
        }
        let result = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench, skidLimit: 100)
        let control = result.probes.first { $0.id == "planted-loss-control" }
        #expect(control?.outcome == (missing == 0 ? .clean : .inconclusive), "\(control?.answer ?? "")")
        #expect(result.findings.map(\.fault) == [.pmiDrop])
    }

    @Test("A control that sees nothing of its planted loss fails beside windows, too, and the finding stands")
    func blindControl() {
        var bench = TamperedBench {
            $0.freeze = .overflow
            $0.skid = .uniform(low: 5, high: 39)
        }
        bench.falsify = { record in
            guard let planted = record.planted else { return }
            record.counted += planted.total
            record.samplerCounted = record.samplerCounted.map { $0 + planted.total }
        }
        let result = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench, skidLimit: 100)
        #expect(result.probes.first { $0.id == "planted-loss-control" }?.outcome == .inconclusive)
        #expect(result.verdict == .faulty && result.findings.map(\.fault) == [.freezeOnPMI])
    }
}
