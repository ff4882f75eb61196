import Workloads

/// One run to be made. Which events count and sample is the bench's affair.
public struct RunPlan: Sendable {
    /// The probe that asks.
    public var probe: String
    public var workload: Workload
    public var iterations: UInt64
    public var arm: Arm
    /// Counts of the sampled event between two overflows; nil in arm A.
    public var period: UInt64?
    public var cpu: Int
    /// Counts to pass uncounted at each PMI (the positive control), or nil.
    public var plantedLoss: UInt64?
    /// What else is done in the run, or nil.
    public var condition: Condition?

    public init(
        probe: String, workload: Workload, iterations: UInt64, arm: Arm, period: UInt64? = nil, cpu: Int,
        plantedLoss: UInt64? = nil, condition: Condition? = nil
    ) {
        self.probe = probe
        self.workload = workload
        self.iterations = iterations
        self.arm = arm
        self.period = period
        self.cpu = cpu
        self.plantedLoss = plantedLoss
        self.condition = condition
    }
}
