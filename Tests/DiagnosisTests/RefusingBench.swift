import Measurement
import Simulation
import Workloads

/// A healthy simulated bench that makes no run in any condition.
struct RefusingBench: Bench {
    private var bench = SimulatedBench(SimulatedPMU(name: "healthy", model: SimulatedModel()))

    var source: CounterSource { bench.source }
    func eventName(for workload: Workload) -> String { bench.eventName(for: workload) }
    func expectedCount(of workload: Workload, iterations: UInt64) -> UInt64 {
        bench.expectedCount(of: workload, iterations: iterations)
    }
    func sampledEventsPerCount(of workload: Workload, arm: Arm) -> UInt64 {
        bench.sampledEventsPerCount(of: workload, arm: arm)
    }

    mutating func run(_ plan: RunPlan) throws(MeasurementError) -> RunRecord {
        if let condition = plan.condition { throw .unavailable(condition, "not on this bench") }
        return try bench.run(plan)
    }
}
