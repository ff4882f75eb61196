import Workloads

/// One run: what was asked, what was known in advance, and all that was measured. Integers, nothing derived.
public struct RunRecord: Codable, Sendable, Hashable {
    /// The probe that asked for this run.
    public var probe: String
    public var workload: String
    public var iterations: UInt64
    public var arm: Arm
    /// Name of the counted event.
    public var event: String
    /// Name of the sampled event, where it is another one (arm C).
    public var sampledEvent: String?
    /// Counts of the sampled event between two overflows. Absent in arm A.
    public var period: UInt64?
    public var cpu: Int
    /// What the closed form says of the counted event.
    public var expected: UInt64
    /// What the counter said.
    public var counted: UInt64
    /// What the closed form says of the sampled event.
    public var samplerExpected: UInt64?
    /// The sampler's own total, beside a bystander (arms B and C; in arm D it is `counted`).
    public var samplerCounted: UInt64?
    /// `PERF_RECORD_SAMPLE` records: PMIs taken.
    public var pmis: UInt64 = 0
    /// `PERF_RECORD_THROTTLE` records.
    public var throttles: UInt64 = 0
    /// Records the ring had no room for, at least: the kernel says how many in the next record that finds room, and 1
    /// stands here where none did.
    public var lost: UInt64 = 0
    /// Nanoseconds the counting event was enabled.
    public var timeEnabled: UInt64 = 0
    /// Nanoseconds it was on a counter.
    public var timeRunning: UInt64 = 0
    /// Nanoseconds of the sampler, as above.
    public var samplerTimeEnabled: UInt64?
    public var samplerTimeRunning: UInt64?
    /// Debug exceptions that no breakpoint event claimed, where there were any.
    public var strayTraps: UInt64?
    public var voluntarySwitches: UInt64 = 0
    public var involuntarySwitches: UInt64 = 0
    /// How often the CPU differed between the start, the PMIs in order and the end, as the kernel's samples say.
    public var migrations: UInt64 = 0
    /// System management interrupts on this CPU during the run (`MSR_SMI_COUNT`), where readable.
    public var smis: UInt64?
    /// Set for the runs of the positive control only.
    public var planted: PlantedLoss?
    /// What else was done in this run; absent in those of the four arms.
    public var condition: Condition?
    /// Readings from user space, in the runs that make them.
    public var userSpaceReadings: [UserSpaceReading]?
    /// Signals delivered between the moment before the window and the one after it, in the runs that send them.
    public var signals: UInt64?
    /// Further pinned counters that were on a counter all the time, in the runs that open some.
    public var extraCountersCounting: UInt64?
    /// Interrupts of the other sampler on this CPU, in the runs that have one; at least so many in runs of more than
    /// some seconds, for which its ring is too small.
    public var antagonistPMIs: UInt64?
    public var disturbances: [Disturbance] = []
    /// The events of the recorded program, the first `timelineLimit` of them, in the runs that a recorder makes.
    public var timeline: [TimelineRow]?
    /// The PMIs, the first `ledgerLimit` of them.
    public var ledger: [LedgerRow] = []

    /// Rows of the ledger that a record keeps. Further PMIs are counted in `pmis` all the same.
    public static let ledgerLimit = 4096
    /// Rows of the timeline that a record keeps. Further events are compared by the totals alone.
    public static let timelineLimit = 1024

    /// A record of a planned run that nothing else is known of yet.
    public init(_ plan: RunPlan, event: String, expected: UInt64, counted: UInt64) {
        probe = plan.probe
        workload = plan.workload.name
        iterations = plan.iterations
        arm = plan.arm
        period = plan.period
        cpu = plan.cpu
        condition = plan.condition
        self.event = event
        self.expected = expected
        self.counted = counted
    }

    /// The record of a run in which a pinned event found no counter: nothing was counted.
    public static func starved(_ plan: RunPlan, event: String, expected: UInt64) -> RunRecord {
        var record = RunRecord(plan, event: event, expected: expected, counted: 0)
        record.disturbances = [.starved]
        return record
    }

    /// Expected minus counted: a deficit where positive, a surplus where negative.
    public var deviation: Int64 { Int64(bitPattern: expected &- counted) }
    /// The same for the sampler beside a bystander.
    public var samplerDeviation: Int64? {
        guard let samplerExpected, let samplerCounted else { return nil }
        return Int64(bitPattern: samplerExpected &- samplerCounted)
    }
    public var isDisturbed: Bool { !disturbances.isEmpty }
}
