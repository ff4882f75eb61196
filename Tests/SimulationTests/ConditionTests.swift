import Measurement
import Simulation
import Testing
import Workloads

/// A run under a condition of a model that is healthy but for the change.
private func run(
    _ kind: Condition.Kind, level: UInt64? = nil, _ arm: Arm = .countingAlone, period: UInt64 = 100_003,
    overflows: UInt64 = 20, workload: Workload = .tight, _ change: (inout SimulatedModel) -> Void = { _ in }
) throws -> RunRecord {
    var model = SimulatedModel()
    change(&model)
    var bench = SimulatedBench(SimulatedPMU(name: "test", model: model))
    var plan = plan(on: bench, workload, arm, period: period, overflows: overflows)
    plan.condition = Condition(kind, level: level)
    return try bench.run(plan)
}

@Suite("A simulated PMU can be measured in every condition")
struct ConditionTests {
    static let levels: [Condition.Kind: UInt64] = [.precise: 2, .extraCounters: 1]

    @Test(
        "A healthy one is exact in each of them, says so by name, and says that it is simulated",
        arguments: Condition.Kind.allCases, Arm.allCases)
    func healthy(kind: Condition.Kind, arm: Arm) throws {
        for preset in Preset.healthyOnes where preset.model.counters > 2 {
            let record = try run(kind, level: Self.levels[kind], arm) { $0 = preset.model }
            #expect(record.deviation == 0 && (record.samplerDeviation ?? 0) == 0, "\(preset.name)")
            #expect(record.rows.allSatisfy { ($0.lossSoFar ?? 0) == 0 } && record.disturbances.isEmpty)
            #expect(record.condition?.kind == kind && record.event.hasPrefix("SIMULATED"))
            if arm.samples, arm != .besideOtherEvent { #expect(record.pmis == 20, "\(preset.name)") }
        }
    }

    @Test("A fault that every run has, a run under a condition has as well", arguments: Condition.Kind.allCases)
    func ordinaryFaults(kind: Condition.Kind) throws {
        let record = try run(kind, level: Self.levels[kind]) {
            $0.runSurplus = 7
            $0.smisPerSecond = 20_000
            $0.smiSurplus = CountRange(100, 100)
        }
        let smis = try #require(record.smis)
        #expect(smis > 0 && record.deviation == -7 - 100 * Int64(smis))
    }

    @Test("A move at each PMI is recorded, and loses the overflow that is on its way, one only", arguments: [0, 1, 3])
    func migration(oneIn: UInt64) throws {
        let record = try run(.migration, .besideSameEvent, overflows: 60) { $0.migrationLosesOverflowOneIn = oneIn }
        #expect(record.deviation == 0 && record.samplerDeviation == 0)
        #expect(record.migrations == record.pmis)
        switch oneIn {
        case 0: #expect(record.pmis == 60)
        case 1: #expect(record.pmis == 30)
        default: #expect(record.pmis > 30 && record.pmis < 60)
        }
    }

    @Test("Who shares the CPU switches, and loses what the model says")
    func sharedCPU() throws {
        let record = try run(.sharedCPU, overflows: 1_000) { $0.lossPerSwitch = 3 }
        #expect(record.involuntarySwitches > 0)
        #expect(record.deviation == 3 * Int64(record.involuntarySwitches))
    }

    @Test("Signals come ten thousand times a second, and leak")
    func signals() throws {
        let record = try run(.signals, overflows: 100) { $0.signalLeak = 2 }
        #expect(record.signals == 100 && record.deviation == -200)
    }

    @Test("A throttled sampler misses what passes until the next tick, and what it gains where it is moved")
    func throttling() throws {
        let healthy = try run(.throttling, .besideSameEvent, period: 1_251, overflows: 16_000)
        #expect(healthy.deviation == 0 && healthy.disturbances.isEmpty)
        #expect(healthy.throttles > 2 && healthy.throttledMoves ?? 0 > 0)
        let stops = try #require(healthy.ledger?.stops)
        let missed = try #require(healthy.samplerDeviation)
        #expect(missed > 1_000_000 && stops.reversals == 0 && stops.losses.min ?? -1 > 0)
        #expect(healthy.ledger?.losses.contains { $0 != 0 } == false)
        let jumping = try run(.throttling, .besideSameEvent, period: 1_251, overflows: 16_000) {
            $0.throttleJump = 1 << 48
        }
        #expect(jumping.deviation == 0 && jumping.ledger?.stops?.losses.min ?? 0 < -(1 << 47))
        #expect(try run(.highRate, .besideSameEvent, period: 1_251, overflows: 16_000).disturbances == [.throttled])
    }

    @Test("A throttled member of a group stops the counter as well, or not", arguments: [false, true])
    func groupThrottling(stopsGroup: Bool) throws {
        let record = try run(.groupThrottling, .besideSameEvent, period: 1_251, overflows: 16_000) {
            $0.throttleStopsGroup = stopsGroup
        }
        #expect(record.disturbances == [.throttled] && record.samplerDeviation ?? 0 > 0)
        #expect(record.deviation == (stopsGroup ? record.samplerDeviation : 0))
    }

    @Test("A period that is ignored gives no PMI, one that is not gives each")
    func periodChange() throws {
        #expect(try run(.periodChange, .samplerTotal) { $0.ignoresPeriodChange = true }.pmis == 0)
        #expect(try run(.periodChange, .samplerTotal).pmis == 20)
    }

    @Test("A checkpointed event loses once, and never below nothing", arguments: [59_982, 1_000_000_000] as [UInt64])
    func checkpointed(loss: UInt64) throws {
        let record = try run(.checkpointed) { $0.checkpointLoss = loss }
        #expect(record.counted == record.expected - min(loss, record.expected))
    }

    @Test("Readings from user space lie between those of read(2), are off, or are 0")
    func userSpaceRead() throws {
        let healthy = try #require(try run(.userSpaceRead).userSpaceReadings)
        #expect(healthy.count == 8 && healthy.allSatisfy { $0.agrees && $0.raw != 0 })
        let off = try #require(try run(.userSpaceRead) { $0.rdpmcOffset = 1 << 31 }.userSpaceReadings)
        #expect(off.allSatisfy { !$0.agrees && $0.read >= 1 << 31 })
        let disabled = try #require(try run(.userSpaceRead) { $0.rdpmcIsDisabled = true }.userSpaceReadings)
        #expect(disabled.allSatisfy { !$0.agrees && $0.raw == 0 })
    }

    @Test("ExtraCounters take counters before the run does")
    func extraCounters() throws {
        #expect(try run(.extraCounters, level: 3).extraCountersCounting == 3)
        do {
            _ = try run(.extraCounters, level: 4)
            Issue.record("a fifth counter was found among four")
        } catch let error as MeasurementError {
            #expect(error.isStarvation)
        }
        let shared = try run(.extraCounters, level: 4) { $0.isPinned = false }
        #expect(shared.disturbances == [.multiplexed] && shared.extraCountersCounting == 4)
    }

    @Test("Another user's PMI freezes a counter that never overflows, where counters freeze at the overflow")
    func antagonist() throws {
        let record = try run(.antagonist, overflows: 200) { $0.freeze = .overflow }
        let foreign = try #require(record.antagonistPMIs)
        #expect(foreign == record.expected / 1_000_000 && foreign > 0)
        #expect(record.pmis == 0 && record.deviation == 10 * Int64(foreign))
    }

    @Test("Branch stacks and precise samples lose what the model says, and an ordinary PMI does not")
    func sampling() throws {
        func change(_ model: inout SimulatedModel) {
            model.branchStackLoss = 4
            model.preciseDrop = 3
        }
        let stacks = try run(.branchStack, .besideSameEvent, change)
        #expect(stacks.deviation == 80 && stacks.samplerDeviation == 80)
        let precise = try run(.precise, level: 1, .besideSameEvent, change)
        #expect(precise.deviation == 0 && precise.samplerDeviation == 60)
        #expect(try simulated(.tight, .besideSameEvent) { change(&$0) }.samplerDeviation == 0)
    }

    @Test("A level of precision that the PMU does not have is refused with the reason")
    func refusedLevel() throws {
        do {
            _ = try run(.precise, level: 3, .besideSameEvent) { $0.preciseLevels = 2 }
            Issue.record("level 3 of 2 was not refused")
        } catch let error as MeasurementError {
            #expect(error.refusal == "this simulated PMU is precise up to level 2")
        }
    }

    @Test("A count beyond the bits that arrive is off by a power of two", arguments: [31, 32] as [UInt64])
    func countBits(bits: UInt64) throws {
        let overflows: UInt64 = (1 << bits) / 100_003 + 10
        let record = try run(.largeCount, overflows: overflows) { $0.countBits = bits }
        #expect(record.deviation == 1 << bits)
        #expect(try run(.largeCount, overflows: overflows).deviation == 0)
    }

    @Test("The same seed gives the same records in every condition", arguments: Condition.Kind.allCases)
    func seeds(kind: Condition.Kind) throws {
        func record() throws -> RunRecord {
            try run(kind, level: Self.levels[kind], .besideSameEvent) {
                $0.skid = .uniform(low: 5, high: 39)
                $0.migrationLosesOverflowOneIn = 3
                $0.spuriousOneIn = 10_000
            }
        }
        #expect(try record() == record())
    }
}
