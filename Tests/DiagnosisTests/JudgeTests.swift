import Measurement
import Simulation
import Testing

@testable import Diagnosis

/// Each fault that a verdict can name is planted in a simulated PMU; faults that look like it must not be named.
@Suite("Faults are told apart")
struct JudgeTests {
    func diagnosis(effort: Effort = .quick, _ change: (inout SimulatedModel) -> Void = { _ in }) -> DiagnosisResult {
        diagnosis(effort: effort, on: TamperedBench(change))
    }

    func diagnosis(effort: Effort = .quick, on bench: TamperedBench) -> DiagnosisResult {
        var bench = bench
        return diagnose(DiagnosisRequest(effort: effort, cpu: 0), on: &bench, skidLimit: 100)
    }

    @Test("A healthy counter is accurate", arguments: Effort.allCases, [0, 1, 10, 37, 100] as [UInt64])
    func healthy(effort: Effort, skid: UInt64) {
        let result = diagnosis(effort: effort) { $0.skid = .fixed(skid) }
        #expect(result.verdict == .accurate, "\(result.reasons)")
        #expect(result.findings.isEmpty)
        #expect(result.probes.allSatisfy { $0.outcome == .clean || $0.outcome == .skipped }, "\(result.probes)")
    }

    @Test(
        "A counter that freezes at the overflow loses its skid on every counter",
        arguments: [1, 10, 37, 100] as [UInt64])
    func freeze(skid: UInt64) {
        let result = diagnosis {
            $0.skid = .fixed(skid)
            $0.freeze = .overflow
            $0.kernelBranchesPerEntry = 0
        }
        #expect(result.verdict == .faulty)
        #expect(result.findings.map(\.fault) == [.freezeOnPMI])
        let size = result.findings.first?.size
        #expect(size?.min == skid && size?.median == skid && size?.max == skid)
        #expect(result.probes.first { $0.id == "planted-loss-control" }?.outcome == .clean)
    }

    @Test("A loss on the sampled counter alone is a drop, not a freeze", arguments: [1, 13, 500] as [UInt64])
    func drop(size: UInt64) {
        let result = diagnosis { $0.drop = size }
        #expect(result.verdict == .faulty)
        #expect(result.findings.map(\.fault) == [.pmiDrop])
        #expect(result.findings.first?.size.median == size)
        #expect(result.probes.first { $0.id == "bystander" }?.outcome == .clean)
    }

    @Test("A surplus at each PMI is named with its direction")
    func surplus() {
        let result = diagnosis { $0.surplus = 7 }
        #expect(result.findings.map(\.fault) == [.pmiSurplus])
        let finding = result.findings.first
        #expect(finding?.size.median == 7 && finding?.direction == .gained && finding?.frequency.isAlways == true)
        #expect(finding?.extent == "7 branches gained at each PMI")
    }

    @Test("PMIs that stop coming are lost, while counts are exact")
    func lostPMI() {
        let result = diagnosis { $0.lostPMIOneIn = 3 }
        #expect(result.verdict == .faulty)
        #expect(result.findings.map(\.fault) == [.lostPMI])
    }

    @Test("A counter that deviates without PMIs is not blamed on the PMI")
    func inexact() {
        let result = diagnosis {
            $0.freeze = .overflow
            $0.runSurplus = 3
        }
        #expect(result.findings.map(\.fault) == [.inexactUninterrupted])
        #expect(result.findings.first?.size.max == 3 && result.findings.first?.direction == .gained)
    }

    @Test("A PMI that comes later than rr allows for is late, and nothing else")
    func late() {
        let result = diagnosis { $0.skid = .fixed(5_000) }
        #expect(result.findings.map(\.fault) == [.latePMI])
    }

    @Test("What happens in one run and never again makes no verdict", arguments: [12, 17, 25])
    func once(run: Int) {
        var bench = TamperedBench {
            $0.freeze = .overflow
            $0.runSurplus = 2
        }
        bench.onlyRun = run
        let result = diagnosis(on: bench)
        #expect(result.verdict == .inconclusive, "\(result.verdict): \(result.reasons)")
        #expect(result.notes.contains { $0.contains("repeated three times") })
        #expect(result.notes.contains { $0.contains("all runs are made once more") })
    }

    @Test(
        "What comes again only when all runs are made once more is reproduced, and ends that",
        arguments: [1, 5, 15])
    func onceMore(later: Int) {
        func isTotal(_ record: RunRecord) -> Bool {
            record.arm == .samplerTotal && record.condition == nil && record.planted == nil
        }
        let exact = diagnosis().runs
        var bench = TamperedBench()
        var made = 0
        // The fifth total of a sampler; and one behind those of the plan and the three repetitions.
        let second = exact.count(where: isTotal) + 3 + later
        bench.falsify = { record in
            guard isTotal(record) else { return }
            made += 1
            if made == 5 || made == second { record.counted -= 1 }
        }
        let result = diagnosis(on: bench)
        #expect(result.verdict == .faulty && result.findings.map(\.fault) == [.pmiDrop], "\(result.reasons)")
        #expect(result.findings.first?.runs.count == 2)
        #expect(result.runs.count > exact.count + 3 && result.runs.count < 2 * exact.count)
    }

    @Test("A request to end is heeded while all runs are made once more")
    func interruptedOnceMore() {
        var bench = TamperedBench { $0.freeze = .overflow }
        bench.onlyRun = 17
        var asked = 0
        let plan = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench, skidLimit: 100).runs.count / 2
        var again = TamperedBench { $0.freeze = .overflow }
        again.onlyRun = 17
        let result = diagnose(
            DiagnosisRequest(effort: .quick, cpu: 0), on: &again, skidLimit: 100,
            isInterrupted: {
                asked += 1
                return asked > plan + 20
            })
        #expect(result.interrupted && result.verdict == .inconclusive)
        #expect(result.runs.count > plan && result.runs.count < plan + 40)
    }

    @Test("A throttled run is repeated at a longer period and never called a freeze")
    func throttled() {
        // In a tick of a million branches ten PMIs are too many, and the two or three of the longer period are not.
        let result = diagnosis {
            $0.maxSampleRate = 6_000
            $0.ticksPerSecond = 1_000
        }
        #expect(result.verdict == .accurate, "\(result.reasons)")
        #expect(result.runs.contains { $0.disturbances == [.throttled] })
        #expect(result.notes.contains { $0.contains("throttled at period") })
    }

    @Test("If every run is throttled the answer is inconclusive")
    func alwaysThrottled() {
        let result = diagnosis { $0.maxSampleRate = 1 }
        #expect(result.verdict == .inconclusive)
    }

    @Test("A control that does not see the planted loss makes the verdict inconclusive")
    func blindControl() {
        var bench = TamperedBench()
        bench.falsify = { record in
            guard let planted = record.planted else { return }
            record.counted += planted.total
            record.samplerCounted = record.samplerCounted.map { $0 + planted.total }
        }
        let result = diagnosis(on: bench)
        #expect(result.verdict == .inconclusive)
        #expect(result.reasons.contains { $0.contains("planted-loss-control") })
    }

    @Test("Without a PMU an exact result is unsupported, never accurate")
    func breakpoint() {
        var bench = TamperedBench { $0.skid = .fixed(0) }
        bench.source = .breakpoint
        let result = diagnosis(on: bench)
        #expect(result.verdict == .unsupported)
        #expect(result.verdict.exitCode == 4)
    }

    @Test("A bench that fails half-way keeps what it measured and says why")
    func failure() {
        var bench = TamperedBench()
        bench.failure = .implausible("the kernel answered nonsense")
        let result = diagnosis(on: bench)
        #expect(result.verdict == .inconclusive)
        #expect(!result.runs.isEmpty)
        #expect(result.reasons.contains("the kernel answered nonsense"))
    }

    @Test("An interruption is marked and concludes from what is known")
    func interruption() {
        var bench = TamperedBench()
        var asked = 0
        let result = diagnose(
            DiagnosisRequest(effort: .quick, cpu: 0), on: &bench,
            isInterrupted: {
                asked += 1
                return asked > 10
            })
        #expect(result.interrupted)
        #expect(result.verdict == .inconclusive)
        #expect(!result.runs.isEmpty)
    }

    @Test("The same seed gives the same order of runs, another seed another")
    func seeds() {
        func order(_ seed: UInt64) -> [String] {
            var bench = TamperedBench()
            let request = DiagnosisRequest(effort: .quick, cpu: 0, seed: seed)
            return diagnose(request, on: &bench).runs.map { "\($0.probe) \($0.workload) \($0.arm)" }
        }
        #expect(order(7) == order(7))
        #expect(order(7) != order(8))
    }

    @Test(
        "A run that met a stray trap is labelled and made again, and the verdict rests on the second",
        arguments: [true, false])
    func strayTrap(inControl: Bool) {
        var bench = TamperedBench()
        var labelled = 0
        bench.falsify = { record in
            guard labelled < 2, inControl ? record.planted?.perPMI == 0 : record.arm == .samplerTotal else { return }
            record.disturbances = [.strayTrap]
            labelled += 1
        }
        let result = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench, skidLimit: 100)
        #expect(labelled == 2)
        #expect(result.verdict != .inconclusive, "\(result.reasons)")
        #expect(result.runs.count { $0.disturbances == [.strayTrap] } == 2)
        #expect(result.notes.count { $0.contains("stray trap") } == 2)
    }
}

@Suite("Skid")
struct SkidTests {
    @Test(
        "The skid is the same whether the counter freezes in it or not",
        arguments: [.none, .overflow] as [SimulatedModel.Freeze])
    func skid(freeze: SimulatedModel.Freeze) {
        var bench = TamperedBench {
            $0.freeze = freeze
            $0.kernelBranchesPerEntry = 0
        }
        let skid = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench, skidLimit: 100).skid
        #expect(
            skid?.pmis ?? 0 > 100 && skid?.min == 10 && skid?.median == 10 && skid?.percentile99 == 10
                && skid?.max == 10)
        #expect(skid?.rrLimit == 100)
    }
}
