import Workloads

/// Something on which a workload can be run and its counts be taken.
///
/// The kernel's bench measures; the simulated one computes. What follows from a record does not depend on which.
public protocol Bench: ~Copyable {
    var source: CounterSource { get }
    /// The event whose counts are compared with the closed form, as reports name it.
    func eventName(for workload: Workload) -> String
    /// What the closed form says of that event.
    func expectedCount(of workload: Workload, iterations: UInt64) -> UInt64
    /// Counts of the sampled event for each count of the counted one: the periods of arm C are that much longer.
    func sampledEventsPerCount(of workload: Workload, arm: Arm) -> UInt64
    /// Makes one run. - Throws: ``MeasurementError`` if no record of it can be believed.
    mutating func run(_ plan: RunPlan) throws(MeasurementError) -> RunRecord
}
