import Workloads

/// One way to run a workload.
public enum Arm: String, Codable, Sendable, Hashable, CaseIterable {
    /// A counter alone, without a PMI.
    case countingAlone = "A"
    /// A counter beside a sampler of the same event; the count is the counter's.
    case besideSameEvent = "B"
    /// A counter beside a sampler of another event; the count is the counter's.
    case besideOtherEvent = "C"
    /// A sampler alone; the count is its own total.
    case samplerTotal = "D"

    /// Whether this arm takes PMIs.
    public var samples: Bool { self != .countingAlone }
    /// Whether a bystander counts in this arm.
    public var hasBystander: Bool { self == .besideSameEvent || self == .besideOtherEvent }
}

/// What counts the branches of a run.
public enum CounterSource: String, Codable, Sendable, Hashable, CaseIterable {
    /// The core PMU's retired-conditional-branch event.
    case hardware
    /// A breakpoint counter on one branch instruction: the kernel's perf core, without a PMU.
    case breakpoint
    /// A software model of a PMU. Nothing that it says is about this machine.
    case simulated
}

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
