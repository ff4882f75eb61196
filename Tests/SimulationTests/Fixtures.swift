import Measurement
import Simulation
import Workloads

/// One run of a model that is healthy but for the change; its end lies midway between two overflows.
func simulated(
    _ workload: Workload = .tight, _ arm: Arm = .samplerTotal, period: UInt64 = 10_007, overflows: UInt64 = 20,
    seed: UInt64 = 1,
    plantedLoss: UInt64? = nil, _ change: (inout SimulatedModel) -> Void = { _ in }
) throws(MeasurementError) -> RunRecord {
    var model = SimulatedModel()
    change(&model)
    var bench = SimulatedBench(SimulatedPMU(name: "test", model: model), seed: seed)
    return try bench.run(plan(on: bench, workload, arm, period: period, overflows: overflows, plantedLoss: plantedLoss))
}

func plan(
    on bench: SimulatedBench, _ workload: Workload, _ arm: Arm, period: UInt64 = 10_007, overflows: UInt64 = 20,
    plantedLoss: UInt64? = nil
) -> RunPlan {
    // Taken branches are not linear in the iterations.
    let many: UInt64 = 1 << 20
    let countsOfMany = bench.expectedCount(of: workload, iterations: many)
    let sampledPeriod = arm == .besideOtherEvent ? period * bench.sampledEventsPerCount(of: workload, arm: arm) : period
    return RunPlan(
        probe: "test", workload: workload, iterations: (overflows * period + period / 2) * many / countsOfMany,
        arm: arm,
        period: arm == .countingAlone ? nil : sampledPeriod, cpu: 0, plantedLoss: plantedLoss)
}

extension Workload {
    static let tight = Workload.all[0]

    /// By name; the plainest one where this architecture has none of that name, which a test then notices.
    static func test(_ name: String) -> Workload { named(name) ?? tight }
}

extension RunRecord {
    /// PMIs row by row.
    var rows: [LedgerRow] { ledger?.kept ?? [] }
    var losses: [Int64?] { rows.map(\.lossSoFar) }
    /// Counts between each overflow and its sample, as the counter believes.
    var skids: [UInt64] { rows.map { $0.counted % (period ?? 1) } }
}
