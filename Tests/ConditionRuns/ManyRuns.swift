import FoundationEssentials
import Glibc
import Measurement
import Workloads

/// Short runs on breakpoints, planned at random: one in eight in a condition that breakpoints can have, or longer ones in one
/// condition. Whatever deviates is printed whole.
struct ManyRuns: ~Copyable {
    private var random: SeededGenerator
    private var seen: [String: UInt64] = [:]
    private var bench: KernelBench
    private let cpu: Int
    private let condition: Condition.Kind?

    private static let conditions: [Condition.Kind] = [
        .signals, .migration, .sharedCPU, .periodChange, .antagonist, .extraCounters, .highRate, .shortPeriod,
    ]

    init(cpu: Int, seed: UInt64, condition: Condition.Kind?) throws {
        self.cpu = cpu
        self.condition = condition
        random = SeededGenerator(seed: seed)
        bench = try KernelBench(CountedEvents(.breakpoint), cpu: cpu)
    }

    /// - Returns: whether runs were made, and none of them deviated.
    mutating func run(times: UInt64) throws -> Bool {
        for _ in 0..<times { try run(plan()) }
        print(seen.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", "))
        return seen["runs", default: 0] > 0 && seen["deviating", default: 0] == 0
    }

    private mutating func plan() -> RunPlan {
        let kind =
            condition
            ?? (Int.random(in: 0..<8, using: &random) > 0 ? nil : Self.conditions.randomElement(using: &random))
        let arm = Arm.allCases.randomElement(using: &random) ?? .countingAlone
        let workload = Workload.all.randomElement(using: &random) ?? Workload.all[0]
        return RunPlan(
            probe: "many-runs", workload: workload,
            iterations: .random(in: condition == nil ? 5...60 : 100...400, using: &random),
            arm: arm, period: arm.samples ? .random(in: 3...19, using: &random) : nil, cpu: cpu,
            condition: kind.map { Condition($0, level: $0 == .extraCounters ? 1 : nil) })
    }

    private mutating func run(_ plan: RunPlan) throws {
        do {
            let record = try bench.run(plan)
            seen["runs", default: 0] += 1
            seen["runs in \(plan.condition.map(\.kind.rawValue) ?? "no condition")", default: 0] += 1
            seen["PMIs", default: 0] += record.pmis
            for disturbance in record.disturbances { seen["labelled \(disturbance.rawValue)", default: 0] += 1 }
            let ledger = record.ledger.map { $0.deviating > 0 } ?? false
            guard record.deviation != 0 || record.samplerDeviation ?? 0 != 0 || ledger else { return }
            seen[record.isDisturbed ? "deviating, and labelled" : "deviating", default: 0] += 1
            print(String(decoding: try JSONEncoder().encode(record), as: UTF8.self))
        } catch MeasurementError.unavailable {
            seen["unavailable", default: 0] += 1
        }
    }
}
