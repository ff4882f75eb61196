import Measurement
import Simulation
import Testing
import Workloads

@Suite("A healthy simulated PMU is exact")
struct HealthyModelTests {
    static let periods: [UInt64] = [1_009, 100_003, 1_000_003]

    @Test("Every workload, arm and period counts every branch, over 1,000 seeds", arguments: Workload.all.map(\.name))
    func exact(name: String) throws {
        let workload = Workload.test(name)
        for seed in 1...1_000 as ClosedRange<UInt64> {
            for arm in Arm.allCases {
                // Every period meets every arm and seed over the models' different skids.
                let preset = Preset.healthyOnes[Int(seed) % Preset.healthyOnes.count]
                let period = Self.periods[Int(seed / 5) % Self.periods.count]
                var bench = SimulatedBench(preset.pmu, seed: seed)
                let record = try bench.run(plan(on: bench, workload, arm, period: period, overflows: 3))
                let rows: [Int64] = record.rows.map { $0.lossSoFar ?? (arm == .besideOtherEvent ? 0 : .max) }
                let isExact =
                    record.deviation == 0 && (record.samplerDeviation ?? 0) == 0 && rows.allSatisfy { $0 == 0 }
                guard isExact, record.disturbances.isEmpty else {
                    Issue.record("\(preset.name), seed \(seed), arm \(arm), period \(period): \(record)")
                    return
                }
            }
        }
    }

    @Test(
        "Each overflow has one PMI where skids are shorter than the rest of the run",
        arguments: Preset.healthyOnes.map(\.name), Arm.allCases)
    func oneEach(name: String, arm: Arm) throws {
        let preset = try #require(Preset.named(name))
        for workload in Workload.all {
            var bench = SimulatedBench(preset.pmu)
            let record = try bench.run(plan(on: bench, workload, arm, period: 100_003, overflows: 12))
            let sampled = arm == .besideOtherEvent ? try #require(record.samplerCounted) : record.expected
            #expect(record.pmis == record.period.map { sampled / $0 } ?? 0, "\(workload.name)")
            #expect(record.rows.count == Int(record.pmis))
        }
    }

    @Test(
        "Skids are the model's",
        arguments: [.fixed(37), .uniform(low: 5, high: 40), .longTailed(mean: 1_496, largest: 5_043)]
            as [SkidDistribution])
    func skids(distribution: SkidDistribution) throws {
        let record = try simulated(period: 1_000_003, overflows: 2_000) {
            $0.skid = distribution
            $0.maxSampleRate = 1_000_000
        }
        let mean = Double(record.skids.reduce(0, +)) / Double(record.skids.count)
        #expect(record.skids.count == 2_000)
        switch distribution {
        case .fixed(let skid): #expect(Set(record.skids) == [skid])
        case .uniform(let low, let high): #expect(Set(record.skids) == Set(low...high))
        case .longTailed(let expected, let largest):
            #expect(record.skids.allSatisfy { $0 <= largest } && record.skids.contains { $0 > largest * 3 / 4 })
            #expect(
                abs(mean - Double(expected)) < 150,
                "2,000 skids of deviation 1,480 have a mean within 4.5 errors of the model's")
        }
    }

    @Test("The same seed gives the same records, another seed others")
    func seeds() throws {
        func records(_ seed: UInt64) throws -> [RunRecord] {
            var bench = SimulatedBench(try #require(Preset.named("zen-late-pmi")).pmu, seed: seed)
            return try Workload.all.map { try bench.run(plan(on: bench, $0, .besideSameEvent)) }
        }
        #expect(try records(7) == records(7))
        #expect(try records(7) != records(8))
    }

    @Test("Every name in a record says that it is simulated", arguments: Arm.allCases)
    func labelled(arm: Arm) throws {
        let record = try simulated(.tight, arm)
        #expect(record.event.hasPrefix("SIMULATED"))
        #expect(record.sampledEvent?.hasPrefix("SIMULATED") ?? (arm != .besideOtherEvent))
    }

    @Test(
        "A planted loss is found in both totals and in each row", arguments: Workload.all.map(\.name),
        [0, 1, 7, 100] as [UInt64])
    func planted(name: String, loss: UInt64) throws {
        let record = try simulated(.test(name), .besideSameEvent, plantedLoss: loss)
        let planted = try #require(record.planted)
        #expect(planted == PlantedLoss(perPMI: loss, total: loss * record.pmis, pmis: record.pmis))
        #expect(record.deviation == Int64(planted.total) && record.samplerDeviation == Int64(planted.total))
        #expect(record.losses == record.rows.map { Int64(loss * ($0.index - 1)) })
    }
}
