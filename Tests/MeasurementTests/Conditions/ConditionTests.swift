import Glibc
import SystemPackage
import Testing
import Workloads

@testable import Measurement
@testable import PerfEvents

extension KernelBenchTests {
    static func run(
        in condition: Condition, _ arm: Arm = .besideSameEvent, workload: String = "tight-loop",
        iterations: UInt64 = 500, period: UInt64 = 97
    ) throws -> RunRecord {
        var bench = try KernelBench(CountedEvents(.breakpoint), cpu: KernelBenchTests.cpu)
        return try bench.run(
            RunPlan(
                probe: "test", workload: try #require(Workload.named(workload)), iterations: iterations, arm: arm,
                period: arm.samples ? period : nil, cpu: KernelBenchTests.cpu, condition: condition))
    }

    /// The reason of a refusal, or nil where there was none.
    static func refusal(
        of condition: Condition, _ arm: Arm = .besideSameEvent, events: CountedEvents? = nil
    ) throws -> String? {
        var bench = try KernelBench(events ?? CountedEvents(.breakpoint), cpu: KernelBenchTests.cpu)
        let plan = RunPlan(
            probe: "test", workload: try #require(Workload.named("tight-loop")), iterations: 10, arm: arm,
            period: arm.samples ? 5 : nil, cpu: KernelBenchTests.cpu, condition: condition)
        do throws(MeasurementError) {
            _ = try bench.run(plan)
            return nil
        } catch {
            guard case .unavailable(condition, let reason) = error else { throw error }
            return reason
        }
    }

    /// Whether the other sampler may be one of a whole CPU, which takes root or a perf_event_paranoid of 0.
    static let mayCountWholeCPUs: Bool = {
        do { return try refusal(of: Condition(.antagonist)) == nil } catch { return false }
    }()

    /// Within the serialized suite: stray traps are counted for the whole process.
    @Suite("Runs under a condition are exact, or are refused with the reason")
    struct InConditions {
        /// All but what needs a core PMU or privileges, and a recorder's, whose program is another one.
        private static let possible = Condition.Kind.allCases.filter {
            ![.checkpointed, .userSpaceRead, .branchStack, .precise, .recorder].contains($0)
                && ($0 != .antagonist || KernelBenchTests.mayCountWholeCPUs)
        }

        private static let rcb = RCBEvent(
            event: .raw(0x1c4), name: "r01c4", canonicalName: "r01c4", provenance: "this test",
            counts: .conditional, pmuName: "cpu", notes: [])

        @Test("Every arm counts every branch in them", arguments: possible, Arm.allCases)
        func exact(kind: Condition.Kind, arm: Arm) throws {
            guard arm.samples || ![.migration, .periodChange].contains(kind) else { return }
            guard arm.hasBystander || kind != .groupThrottling else { return }
            let record = try KernelBenchTests.run(in: Condition(kind), arm)
            #expect(record.condition == Condition(kind))
            #expect(record.expected == 500 && record.counted == 500)
            #expect(record.samplerDeviation ?? 0 == 0)
            #expect(record.disturbances.isEmpty)
            #expect(record.pmis == (arm.samples ? 500 / 97 : 0))
            #expect(record.rows.map(\.counted) == (0..<record.pmis).map { ($0 + 1) * 97 })
            #expect(record.rows.map(\.truePosition) == record.rows.map { Optional($0.counted) })
        }

        @Test(
            "A sampler is in the counter's group where that is the condition: then it is off as long as the counter is",
            arguments: Arm.allCases, [true, false])
        func group(arm: Arm, joinsGroups: Bool) throws {
            let plan = RunPlan(
                probe: "test", workload: try #require(Workload.named("tight-loop")), iterations: 10, arm: arm,
                period: arm.samples ? 5 : nil, cpu: KernelBenchTests.cpu)
            let opened = try RunEvents(
                plan, CountedEvents(.breakpoint), thread: 0, changes: EventChanges(joinsGroups: joinsGroups))
            #expect(opened.isGroup == (joinsGroups && arm.hasBystander))
            try opened.onSampler { sampler throws(PerfError) in try sampler.enable() }
            let timeEnabled = try opened.readSampler()?.timeEnabled
            #expect((timeEnabled == 0) == opened.isGroup)
        }

        @Test("A period of one count is an interrupt for each")
        func shortestPeriod() throws {
            let record = try KernelBenchTests.run(in: Condition(.shortPeriod), iterations: 50, period: 1)
            #expect(record.pmis == 50 && record.deviation == 0)
        }

        @Test(
            "What a breakpoint has not is refused with the reason",
            arguments: [
                (.checkpointed, nil, .countingAlone, "core PMU"), (.branchStack, nil, .samplerTotal, "branch stack"),
                (.precise, 2, .samplerTotal, "skid"), (.userSpaceRead, nil, .countingAlone, "cap_user_rdpmc"),
            ] as [(Condition.Kind, UInt64?, Arm, String)])
        func impossible(kind: Condition.Kind, level: UInt64?, arm: Arm, word: String) throws {
            let reason = try KernelBenchTests.refusal(of: Condition(kind, level: level), arm)
            #expect(try #require(reason).contains(word))
        }

        @Test(
            "What needs a sampler or a counter is refused in the arm without one",
            arguments: [
                (.migration, .countingAlone, "no sampler"), (.periodChange, .countingAlone, "no sampler"),
                (.branchStack, .countingAlone, "no sampler"), (.precise, .countingAlone, "no sampler"),
                (.groupThrottling, .countingAlone, "no sampler"), (.groupThrottling, .samplerTotal, "no counter"),
                (.checkpointed, .samplerTotal, "no counter"), (.userSpaceRead, .samplerTotal, "no counter"),
            ] as [(Condition.Kind, Arm, String)])
        func arms(kind: Condition.Kind, arm: Arm, words: String) throws {
            let reason = try KernelBenchTests.refusal(of: Condition(kind), arm)
            #expect(try #require(reason).contains(words))
        }

        @Test(
            "Every known condition is made or refused for a reason of its own", arguments: Condition.Kind.allCases
        )
        func known(kind: Condition.Kind) throws {
            let reason = try KernelBenchTests.refusal(of: Condition(kind), .samplerTotal)
            #expect(reason?.contains("does not know") != true)
            if kind == .recorder { #expect(reason == nil) }
        }

        @Test("A condition of a later version is refused")
        func later() throws {
            let reason = try KernelBenchTests.refusal(of: Condition(.init(rawValue: "gamma-rays")), .samplerTotal)
            #expect(reason == "this version does not know this condition")
        }

        @Test("A planted loss is none of a run under a condition")
        func planted() throws {
            var bench = try KernelBench(CountedEvents(.breakpoint), cpu: KernelBenchTests.cpu)
            let plan = RunPlan(
                probe: "test", workload: try #require(Workload.named("tight-loop")), iterations: 10,
                arm: .besideSameEvent, period: 5, cpu: KernelBenchTests.cpu, plantedLoss: 1,
                condition: Condition(.signals))
            #expect {
                _ = try bench.run(plan)
            } throws: { error in
                (error as? MeasurementError)?.refusal?.contains("planted") == true
            }
        }

        @Test(
            "Without a core PMU a hardware run is refused as it is outside of any condition",
            .enabled(if: PMUDevice.corePMUs().isEmpty, "this machine has a core PMU"),
            arguments: [Condition.Kind.branchStack, .precise, .userSpaceRead, .migration, .signals])
        func noPMU(kind: Condition.Kind) throws {
            #expect {
                _ = try KernelBenchTests.refusal(of: Condition(kind), events: .hardware(Self.rcb))
            } throws: { error in
                (error as? MeasurementError)?.isUnsupported == true
            }
            #expect(
                try KernelBenchTests.refusal(of: Condition(.checkpointed), events: .hardware(Self.rcb))?.contains(
                    "in_tx_cp") == true)
            #expect(
                try KernelBenchTests.refusal(of: Condition(.antagonist), events: .hardware(Self.rcb))?.contains(
                    "cpu-cycles") == true)
        }

        @Test(
            "Where taken branches are counted no signals are sent: a handler returns by one",
            arguments: [.signals, .throttling] as [Condition.Kind])
        func signalsAmongTakenBranches(kind: Condition.Kind) throws {
            var taken = Self.rcb
            taken.counts = .takenBranches
            let reason = try KernelBenchTests.refusal(of: Condition(kind), events: .hardware(taken))
            #expect(try #require(reason).contains("counts returns"))
        }

        @Test("precise_ip above 3 is refused, not clamped", arguments: [0, 4, .max] as [UInt64])
        func preciseLevels(level: UInt64) throws {
            let reason = try KernelBenchTests.refusal(
                of: Condition(.precise, level: level), events: .hardware(Self.rcb))
            #expect(try #require(reason).contains("1 to 3"))
        }
    }
}
