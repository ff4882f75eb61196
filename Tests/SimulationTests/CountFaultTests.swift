import Measurement
import PerfEvents
import Simulation
import Testing
import Workloads

@Suite("Faults that need no PMI leave their signature")
struct CountFaultTests {
    static func alone(_ name: String = "tight-loop", overflows: UInt64 = 20, _ change: (inout SimulatedModel) -> Void)
        throws -> RunRecord
    {
        try simulated(.test(name), .countingAlone, overflows: overflows) { change(&$0) }
    }

    @Test(
        "A system management interrupt adds its size, and is counted where the register can be read",
        arguments: [true, false])
    func smi(readable: Bool) throws {
        let record = try Self.alone(overflows: 100_000) {
            $0.smisPerSecond = 10
            $0.smiSurplus = CountRange(1_000, 1_000)
            $0.smiCountIsReadable = readable
        }
        #expect(record.deviation < 0 && record.deviation % 1_000 == 0)
        #expect(record.smis == (readable ? UInt64(-record.deviation / 1_000) : nil))
    }

    @Test("The lock map adds around locked instructions, and nowhere else", arguments: Workload.all.map(\.name))
    func lockMap(name: String) throws {
        let record = try Self.alone(name) {
            $0.lockSurplus = CountRange(2, 4)
            $0.lockSurplusOneIn = 16
        }
        #expect((record.deviation < 0) == (name == "locked"))
    }

    @Test("One locked instruction in 16 adds 2 to 4")
    func lockMapSize() throws {
        let record = try Self.alone("locked", overflows: 1_000) { $0.lockSurplus = CountRange(2, 4) }
        let perInstruction = Double(-record.deviation) / Double(record.iterations * 7)
        #if arch(x86_64)
            #expect(abs(perInstruction - 3.0 / 16) < 0.005)
        #else
            #expect(perInstruction > 0)
        #endif
    }

    @Test("A branch is lost between two CPUIDs", arguments: Arm.allCases)
    func cpuid(arm: Arm) throws {
        let record = try simulated(.test("cpu-identification"), arm) { $0.lossPerCPUIDPair = 1 }
        #expect(record.deviation == Int64(record.iterations - 1))
        #expect(try simulated(.tight, arm) { $0.lossPerCPUIDPair = 1 }.deviation == 0)
    }

    @Test(
        "Kernel branches leak at each system call and page fault",
        arguments: [("system-calls", 1), ("page-faults", 2), ("tight-loop", 0)])
    func kernelLeak(name: String, entries: Int64) throws {
        let record = try Self.alone(name) { $0.kernelLeak = 3 }
        #expect(record.deviation == -3 * entries * Int64(record.iterations))
    }

    @Test("An interrupt is counted at each tick and at each PMI")
    func interruptLeak() throws {
        let second = UInt64(1_000_000_000)
        let alone = try Self.alone(overflows: second / 10_007) { $0.interruptLeak = 1 }
        #expect((-250 ... -249).contains(alone.deviation))
        let sampled = try simulated(overflows: 20) { $0.interruptLeak = 1 }
        #expect((-21 ... -20).contains(sampled.deviation) && sampled.pmis == 20)
    }

    @Test("Spurious counts come to each counter by itself")
    func spurious() throws {
        let record = try simulated(.tight, .besideSameEvent, overflows: 1_000) { $0.spuriousOneIn = 1_000 }
        #expect(record.deviation < -8_000 && record.deviation > -12_000)
        #expect(record.samplerDeviation != record.deviation)
    }

    @Test("A surplus of enabling comes once a run")
    func runSurplus() throws {
        let record = try simulated(.tight, .besideSameEvent) { $0.runSurplus = 1 }
        #expect(record.deviation == -1 && record.samplerDeviation == -1)
        #expect(record.losses.allSatisfy { $0 == -1 })
    }

    @Test("An offset is in every reading", arguments: [1 << 31, 1 << 48] as [UInt64])
    func offset(size: UInt64) throws {
        let record = try simulated { $0.offset = size }
        #expect(record.counted == record.expected + size)
        #expect(record.losses.allSatisfy { $0 == -Int64(size) })
    }

    @Test("A context switch is recorded, and loses its branches")
    func switches() throws {
        let record = try Self.alone(overflows: 10_000) {
            $0.switchesPerSecond = 500
            $0.lossPerSwitch = 2
        }
        #expect(record.involuntarySwitches > 0)
        #expect(record.deviation == Int64(2 * record.involuntarySwitches))
    }

    @Test("A host without counters leaves 395 counts, no PMI and healthy times", arguments: Arm.allCases)
    func hostExhausted(arm: Arm) throws {
        let record = try simulated(.tight, arm) { $0.hostExhaustedOneIn = 1 }
        #expect(record.counted == 395 && record.pmis == 0 && record.timeRunning == record.timeEnabled)
    }

    @Test(
        "A wrong event counts what it counts",
        arguments: [
            (.takenConditional, "alternating"), (.taken, "calls-and-jumps"), (.allBranches, "calls-and-jumps"),
            (.nothing, "tight-loop"),
        ] as [(SimulatedModel.Selection, String)])
    func selection(selection: SimulatedModel.Selection, name: String) throws {
        let record = try Self.alone(name) { $0.selection = selection }
        let figures = Workload.test(name).figures(iterations: record.iterations)
        let counted: UInt64 =
            switch selection {
            case .conditional: figures.conditionalBranches
            case .takenConditional, .taken: figures.takenBranches
            case .allBranches: figures.branches
            case .nothing: 0
            }
        #expect(record.counted == counted && counted != record.expected)
    }

    @Test("A share of the event is counted, and PMIs come that much later")
    func share() throws {
        let record = try simulated(overflows: 100) { $0.countedPerMille = 68 }
        #expect(record.counted == record.expected * 68 / 1_000 && record.pmis == 6)
    }

    @Test("A dead second counter neither counts nor interrupts; alone it does both")
    func secondCounter() throws {
        let pair = try simulated(.tight, .besideSameEvent) { $0.secondCounterIsDead = true }
        #expect(pair.deviation == 0 && pair.samplerCounted == 0 && pair.pmis == 0)
        let alone = try simulated { $0.secondCounterIsDead = true }
        #expect(alone.deviation == 0 && alone.pmis == 20)
    }

    @Test("Without enough counters a pinned event is an error, and another one is multiplexed")
    func counters() throws {
        #expect(throws: MeasurementError.self) { try simulated(.tight, .besideSameEvent) { $0.counters = 1 } }
        #expect(try simulated { $0.counters = 1 }.deviation == 0)
        let record = try simulated(.tight, .besideSameEvent) {
            $0.counters = 1
            $0.isPinned = false
        }
        #expect(
            record.disturbances == [.multiplexed]
                && record.timeRunning * 2 == record.timeEnabled - record.timeEnabled % 2)
        #expect(record.counted == record.expected / 2 && record.pmis == 10)
    }

    @Test("A period below the shortest one is refused as the kernel refuses it")
    func minimumPeriod() {
        #expect {
            try simulated(period: 31) { $0.minimumPeriod = 32 }
        } throws: { error in
            guard case .perf(let refusal)? = error as? MeasurementError else { return false }
            return refusal.code == .periodRefused && refusal.description.contains("SIMULATED")
        }
        #expect(throws: Never.self) { try simulated(period: 32) { $0.minimumPeriod = 32 } }
    }

    @Test("Counts go on beyond half a counter's width, and a freeze shows at its own reloads")
    func width() throws {
        func record(_ freeze: SimulatedModel.Freeze) throws -> RunRecord {
            try Self.alone {
                $0.counterWidth = 16
                $0.freeze = freeze
            }
        }
        #expect(try record(.none).deviation == 0)
        let frozen = try record(.overflow)
        #expect(frozen.deviation == 10 * Int64(frozen.expected >> 15))
    }
}
