/// What counts the branches of a run.
public enum CounterSource: String, Codable, Sendable, Hashable, CaseIterable {
    /// The core PMU's retired-conditional-branch event.
    case hardware
    /// A breakpoint counter on one branch instruction: the kernel's perf core, without a PMU.
    case breakpoint
    /// A software model of a PMU. Nothing that it says is about this machine.
    case simulated
}

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

/// One PMI of a run: where the program was, and what the counter believed.
public struct LedgerRow: Codable, Sendable, Hashable {
    /// Number of this PMI in its run, from 1.
    public var index: UInt64
    /// Nanoseconds of the perf clock (`PERF_SAMPLE_TIME`).
    public var time: UInt64
    /// User instruction pointer, as an offset into the workload's routine.
    public var offset: Int64
    /// Counts really reached, recovered from the workload's own registers. Absent where the sample's
    /// registers lie outside the routine.
    public var truePosition: UInt64?
    /// The sampler's own value, as the kernel recorded it at the PMI.
    public var counted: UInt64

    public init(index: UInt64, time: UInt64, offset: Int64, truePosition: UInt64?, counted: UInt64) {
        self.index = index
        self.time = time
        self.offset = offset
        self.truePosition = truePosition
        self.counted = counted
    }

    /// Counts missing up to this PMI; negative for a surplus.
    public var lossSoFar: Int64? {
        truePosition.map { Int64(bitPattern: $0 &- counted) }
    }
}

/// What disturbed a run. A disturbance is no fault: the run is labelled, and no finding rests on it.
public enum Disturbance: String, Codable, Sendable, Hashable, CaseIterable {
    /// The kernel stopped an event that interrupted too often (`PERF_RECORD_THROTTLE`).
    case throttled
    /// An event was not on a counter all the time it was enabled.
    case multiplexed
    /// The ring buffer was full (`PERF_RECORD_LOST`): rows of the ledger are missing.
    case recordsLost = "records-lost"
    /// The run did not come to its end.
    case interrupted
}

/// A loss that truecount itself planted: the positive control.
public struct PlantedLoss: Codable, Sendable, Hashable {
    /// Counts to pass uncounted at each PMI.
    public var perPMI: UInt64
    /// Counts that did pass while the counter was disabled, summed over the run, as single-stepping saw them.
    public var total: UInt64
    /// The PMIs at which a loss was planted.
    public var pmis: UInt64

    public init(perPMI: UInt64, total: UInt64, pmis: UInt64) {
        self.perPMI = perPMI
        self.total = total
        self.pmis = pmis
    }
}

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
    public var pmis: UInt64
    /// `PERF_RECORD_THROTTLE` records.
    public var throttles: UInt64
    /// Records the ring had no room for.
    public var lost: UInt64
    /// Nanoseconds the counting event was enabled.
    public var timeEnabled: UInt64
    /// Nanoseconds it was on a counter.
    public var timeRunning: UInt64
    /// Nanoseconds of the sampler, as above.
    public var samplerTimeEnabled: UInt64?
    public var samplerTimeRunning: UInt64?
    public var voluntarySwitches: UInt64
    public var involuntarySwitches: UInt64
    /// How often the CPU differed between the start, the PMIs in order and the end.
    public var migrations: UInt64
    /// System management interrupts on this CPU during the run (`MSR_SMI_COUNT`), where readable.
    public var smis: UInt64?
    /// Set for the runs of the positive control only.
    public var planted: PlantedLoss?
    public var disturbances: [Disturbance]
    /// The PMIs, the first `ledgerLimit` of them.
    public var ledger: [LedgerRow]

    /// Rows of the ledger that a record keeps. Further PMIs are counted in `pmis` all the same.
    public static let ledgerLimit = 4096

    /// Expected minus counted: a deficit where positive, a surplus where negative.
    public var deviation: Int64 { Int64(bitPattern: expected &- counted) }
    /// The same for the sampler beside a bystander.
    public var samplerDeviation: Int64? {
        guard let samplerExpected, let samplerCounted else { return nil }
        return Int64(bitPattern: samplerExpected &- samplerCounted)
    }
    public var isDisturbed: Bool { !disturbances.isEmpty }
}
