import Measurement
import Simulation
import Testing

@testable import Diagnosis

/// Each probe that makes runs under a condition finds what is planted there, and is clean where nothing is.
@Suite("What shows only under a condition is found there, and named")
struct ConditionProbeTests {
    struct Planted: Sendable, CustomTestStringConvertible {
        var probe: String
        var fault: Fault
        var effort = Effort.quick
        var change: @Sendable (inout SimulatedModel) -> Void
        var testDescription: String { "\(probe): \(fault.rawValue)" }
    }

    static let planted: [Planted] = [
        Planted(probe: "checkpointed", fault: .checkpointLoss) { $0.checkpointLoss = 59_982 },
        Planted(probe: "migration", fault: .migrationLoss) { $0.migrationLosesOverflowOneIn = 3 },
        Planted(probe: "period-change", fault: .periodIgnored) { $0.ignoresPeriodChange = true },
        Planted(probe: "user-space-read", fault: .rdpmcDisagrees) { $0.rdpmcOffset = 1 },
        Planted(probe: "signals", fault: .kernelLeak) { $0.signalLeak = 1 },
        Planted(probe: "context-switches", fault: .contextSwitchLoss, effort: .standard) { $0.lossPerSwitch = 2 },
        Planted(probe: "branch-stack", fault: .freezeOnPMI, effort: .standard) { $0.branchStackLoss = 1 },
        Planted(probe: "precise-sampling", fault: .pmiDrop, effort: .standard) { $0.preciseDrop = 1 },
        Planted(probe: "throttling", fault: .throttleJump, effort: .standard) { $0.throttleJump = 1 << 48 - 1 << 31 },
        Planted(probe: "large-counts", fault: .countOffset, effort: .thorough) { $0.countBits = 31 },
        Planted(probe: "large-counts", fault: .countOffset, effort: .thorough) { $0.countBits = 32 },
    ]

    @Test("A planted fault is found by its probe alone, named and reproduced", arguments: planted)
    func finds(planted: Planted) throws {
        let result = diagnosis(planted.effort, planted.change)
        #expect(result.verdict == .faulty, "\(result.reasons)")
        #expect(result.findings.map(\.fault) == [planted.fault])
        #expect(result.findings.allSatisfy { $0.isReproduced && !$0.evidence.isEmpty && !$0.excluded.isEmpty })
        #expect(result.probes.filter { $0.outcome == .finding }.map(\.id) == [planted.probe])
    }

    @Test(
        "A healthy one is accurate, and each probe clean or skipped with a reason",
        arguments: Preset.healthyOnes.map(\.name), Effort.allCases)
    func clean(name: String, effort: Effort) throws {
        let preset = try #require(Preset.named(name))
        let result = diagnosis(effort) { $0 = preset.model }
        #expect(result.verdict == .accurate, "\(result.reasons)")
        for probe in result.probes {
            #expect(probe.outcome == .clean || probe.outcome == .skipped, "\(probe)")
            #expect(probe.outcome != .skipped || !probe.answer.isEmpty, "\(probe)")
            let isDisabled = preset.model.rdpmcIsDisabled && probe.id == "user-space-read"
            if effort == .thorough, !isDisabled { #expect(probe.outcome == .clean, "\(probe)") }
        }
    }

    @Test("A surplus of locked instructions in the run of many, and nowhere else, is theirs")
    func locked() {
        var bench = TamperedBench()
        bench.falsify = { if $0.condition?.kind == .manyLocked { $0.counted += 3 } }
        let result = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench, skidLimit: 100)
        #expect(result.findings.map(\.fault) == [.lockSurplus])
        #expect(result.findings.first?.size.max == 1 && result.findings.first?.direction == .gained)
    }

    @Test("Counts that go missing beside another user's PMIs alone are a freeze")
    func antagonist() {
        var bench = TamperedBench()
        bench.falsify = { if $0.condition?.kind == .antagonist { $0.counted -= 10 } }
        let result = diagnose(DiagnosisRequest(cpu: 0), on: &bench, skidLimit: 100)
        #expect(result.findings.map(\.fault) == [.freezeOnPMI])
    }

    @Test(
        "A throttled sampler that falls, or that falls silent, has jumped; one that is low has not", arguments: 0...2)
    func throttled(kind: Int) throws {
        var bench = TamperedBench()
        bench.falsify = { record in
            guard record.condition?.kind == .throttling, let last = record.ledger?.stops?.countedAtLast else { return }
            switch kind {
            case 0: record.samplerCounted = last - 1
            case 1: record.samplerCounted = last + 5 * (record.period ?? 0)
            default: record.samplerCounted = last + (record.period ?? 0)
            }
        }
        let result = diagnose(DiagnosisRequest(cpu: 0), on: &bench, skidLimit: 100)
        #expect(result.findings.map(\.fault) == (kind < 2 ? [.throttleJump] : []))
        if kind == 1 { #expect(result.findings.first?.direction == .missing && result.findings.first?.size.max == 4) }
    }

    @Test("A bystander that deviates beside a throttled sampler is a fault that no rule explains")
    func besideThrottled() throws {
        var bench = TamperedBench()
        bench.falsify = { if $0.condition?.kind == .throttling { $0.counted -= 1 } }
        let result = diagnose(DiagnosisRequest(cpu: 0), on: &bench, skidLimit: 100)
        #expect(result.verdict == .faulty && result.findings.map(\.fault) == [.unexplained])
        #expect(result.probes.filter { $0.outcome == .finding }.map(\.id) == ["throttling"])
    }

    @Test("A counter that its throttled group stops is an answer, and no fault", arguments: [false, true])
    func throttledGroup(stopsGroup: Bool) throws {
        let result = diagnosis(.standard) { $0.throttleStopsGroup = stopsGroup }
        #expect(result.verdict == .accurate && result.findings.isEmpty)
        let probe = try #require(result.probes.first { $0.id == "group-throttling" })
        #expect(probe.answer == (stopsGroup ? "all of it stops, as since Linux 6.16" : "its counter goes on"))
        let quiet = diagnosis(.standard) { $0.maxSampleRate = 1_000_000_000 }
        for id in ["throttling", "group-throttling"] {
            #expect(quiet.probes.first { $0.id == id }?.outcome == .skipped)
        }
    }

    @Test("A surplus in the runs that an SMI hit is the SMI's")
    func smi() {
        var bench = TamperedBench()
        bench.falsify = {
            guard $0.condition?.kind == .signals else { return }
            $0.smis = 2
            $0.counted += 1_000
        }
        let result = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench, skidLimit: 100)
        #expect(result.findings.map(\.fault) == [.smiSurplus])
        #expect(result.findings.first?.size.median == 500)
    }

    @Test(
        "What no rule explains under a condition is a fault all the same",
        arguments: [.shortPeriod, .periodChange, .signals, .manyLocked] as [Condition.Kind])
    func unexplained(kind: Condition.Kind) {
        var bench = TamperedBench()
        bench.falsify = { if $0.condition?.kind == kind { $0.counted -= 1 } }
        let result = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench, skidLimit: 100)
        #expect(result.verdict == .faulty && result.findings.map(\.fault) == [.unexplained])
    }

    @Test(
        "Runs under conditions that only repeat what the four arms show add no finding",
        arguments: ["kvm-host-contended", "vmware-second-counter", "parallels-2-31", "lost-pmi", "skylake-4.20"])
    func echoes(name: String) throws {
        let preset = try #require(Preset.named(name))
        let ownFaults: Set<Fault> = [.checkpointLoss, .migrationLoss, .periodIgnored, .rdpmcDisagrees]
        let faults = diagnosis(.quick) { $0 = preset.model }.findings.map(\.fault)
        #expect(!faults.isEmpty && ownFaults.isDisjoint(with: faults), "\(faults)")
    }

    @Test("A run that one rule claims is not unexplained to another")
    func claimedOnce() {
        let offset: UInt64 = 1 << 32
        var bench = TamperedBench { $0.signalLeak = 1 }
        bench.falsify = { if $0.condition?.kind == .manyLocked { $0.counted += offset } }
        let result = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench, skidLimit: 100)
        #expect(result.verdict == .faulty)
        #expect(!result.findings.contains { $0.fault == .unexplained }, "\(result.findings.map(\.fault))")
    }

    @Test("A fault of every run is not explained a second time by a condition")
    func ordinaryFirst() {
        let result = diagnosis(.standard) {
            $0.freeze = .overflow
            $0.lossPerSwitch = 2
            $0.signalLeak = 1
        }
        #expect(result.findings.map(\.fault) == [.freezeOnPMI])
    }

    @Test("What one run under a condition shows is repeated, and is no verdict if it does not come again")
    func once() throws {
        var bench = TamperedBench()
        var isFirst = true
        bench.falsify = { record in
            guard isFirst, record.condition?.kind == .signals else { return }
            record.counted -= 1
            isFirst = false
        }
        let result = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench, skidLimit: 100)
        #expect(result.verdict == .inconclusive)
        // Two planned, the first three times more, and both once more.
        #expect(result.runs.count { $0.condition?.kind == .signals } == 7)
        #expect(result.notes.contains { $0.contains("repeated three times") })
    }
}

private func diagnosis(_ effort: Effort, _ change: (inout SimulatedModel) -> Void) -> DiagnosisResult {
    var model = SimulatedModel()
    change(&model)
    let pmu = SimulatedPMU(name: "test", model: model)
    var bench = SimulatedBench(pmu)
    // Ten rounds of a thorough one would show nothing more.
    let rounds = effort == .thorough ? 2 : nil
    return diagnose(DiagnosisRequest(effort: effort, cpu: 0, rounds: rounds), on: &bench, skidLimit: pmu.skidLimit)
}
