import Measurement
import Simulation
import Workloads

/// A simulated bench that passes for another source, has its fault in one run only, breaks off, or falsifies its
/// records: what no PMU does.
struct TamperedBench: Bench {
    private var bench: SimulatedBench
    /// Makes all runs but one where only one is to be faulty.
    private var healthy = SimulatedBench(SimulatedPMU(name: "healthy", model: SimulatedModel()))
    private var made = 0
    var source: CounterSource = .simulated
    /// The run of this number is faulty, from 0, as something that happens once is.
    var onlyRun: Int?
    /// Thrown after 20 runs.
    var failure: MeasurementError?
    var falsify: (inout RunRecord) -> Void = { _ in }

    init(seed: UInt64 = 1, _ change: (inout SimulatedModel) -> Void = { _ in }) {
        var model = SimulatedModel()
        change(&model)
        bench = SimulatedBench(SimulatedPMU(name: "test", model: model), seed: seed)
    }

    func eventName(for workload: Workload) -> String { bench.eventName(for: workload) }
    func expectedCount(of workload: Workload, iterations: UInt64) -> UInt64 {
        bench.expectedCount(of: workload, iterations: iterations)
    }
    func sampledEventsPerCount(of workload: Workload, arm: Arm) -> UInt64 {
        bench.sampledEventsPerCount(of: workload, arm: arm)
    }

    mutating func run(_ plan: RunPlan) throws(MeasurementError) -> RunRecord {
        if let failure, made > 20 { throw failure }
        let isHealthy = onlyRun.map { $0 != made } ?? false
        made += 1
        var record = isHealthy ? try healthy.run(plan) : try bench.run(plan)
        falsify(&record)
        return record
    }
}
