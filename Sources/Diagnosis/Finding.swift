import Measurement

/// A counting fault known in the field. The raw values are part of the report's format; what is known of each is in
/// Faults, a file a fault.
public struct Fault: OpenName {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// Every counter of the CPU stops between an overflow and its PMI.
    public static let freezeOnPMI = Fault(rawValue: "freeze-on-pmi")
    /// The counter that overflows loses counts at its PMI; counters beside it lose none.
    public static let pmiDrop = Fault(rawValue: "pmi-drop")
    /// Counts that no branch made are gained at PMIs.
    public static let pmiSurplus = Fault(rawValue: "pmi-surplus")
    /// A counter passes its period, and the PMI never comes.
    public static let lostPMI = Fault(rawValue: "lost-pmi")
    /// The PMI comes later after its overflow than rr allows for on this CPU.
    public static let latePMI = Fault(rawValue: "late-pmi")
    /// One overflow raises more than one PMI.
    public static let duplicatePMI = Fault(rawValue: "duplicate-pmi")
    /// Counts deviate although nothing interrupts.
    public static let inexactUninterrupted = Fault(rawValue: "inexact-uninterrupted")
    /// Branches of the firmware's system management mode are counted as the program's.
    public static let smiSurplus = Fault(rawValue: "smi-surplus")
    /// Branches around locked instructions are counted again when speculation is undone.
    public static let lockSurplus = Fault(rawValue: "lock-surplus")
    /// Branches of the kernel are counted as the program's.
    public static let kernelLeak = Fault(rawValue: "kernel-leak")
    /// The event counts something else than retired conditional branches.
    public static let wrongEvent = Fault(rawValue: "wrong-event")
    /// The counter is enabled and scheduled, and counts nothing.
    public static let deadCounter = Fault(rawValue: "dead-counter")
    /// Other users hold the counters, so the event gets none.
    public static let starvedCounter = Fault(rawValue: "starved-counter")
    /// A checkpointed event loses what it had counted.
    public static let checkpointLoss = Fault(rawValue: "checkpoint-loss")
    /// A branch between two CPUIDs is not counted.
    public static let cpuidLoss = Fault(rawValue: "cpuid-loss")
    /// Readings are off by a fixed power of two.
    public static let countOffset = Fault(rawValue: "count-offset")
    /// An overflow around a move to another CPU is lost, or counts are.
    public static let migrationLoss = Fault(rawValue: "migration-loss")
    /// Counts are lost when another program takes the CPU.
    public static let contextSwitchLoss = Fault(rawValue: "context-switch-loss")
    /// A throttled event that is moved to another counter goes on from what that held.
    public static let throttleJump = Fault(rawValue: "throttle-jump")
    /// A new period takes effect after the next overflow only.
    public static let periodIgnored = Fault(rawValue: "period-ignored")
    /// The count read in user space is not the one that read(2) gives.
    public static let rdpmcDisagrees = Fault(rawValue: "rdpmc-disagrees")
    /// A deviation that no signature explains. Still a fault.
    public static let unexplained = Fault(rawValue: "unexplained")

    /// Those that this version knows, most basic first.
    public static let allCases: [Fault] = KnownFault.all.map(\.fault)
}

/// What a fault is counted per.
public struct FaultUnit: OpenName {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public static let pmi = FaultUnit(rawValue: "pmi")
    public static let run = FaultUnit(rawValue: "run")
    public static let lockedInstruction = FaultUnit(rawValue: "locked-instruction")
    public static let smi = FaultUnit(rawValue: "smi")
    public static let cpuid = FaultUnit(rawValue: "cpuid")
    public static let migration = FaultUnit(rawValue: "migration")
    public static let kernelEntry = FaultUnit(rawValue: "kernel-entry")
    public static let contextSwitch = FaultUnit(rawValue: "context-switch")
    public static let reading = FaultUnit(rawValue: "reading")

    /// Those that this version knows.
    public static let allCases: [FaultUnit] = [
        .pmi, .run, .lockedInstruction, .smi, .cpuid, .migration, .kernelEntry, .contextSwitch, .reading,
    ]

    /// As a person writes it, for one and for several: "PMI", "PMIs".
    public var nouns: (one: String, several: String) {
        switch self {
        case .pmi: ("PMI", "PMIs")
        case .run: ("run", "runs")
        case .lockedInstruction: ("locked instruction", "locked instructions")
        case .smi: ("SMI", "SMIs")
        case .cpuid: ("pair of CPUIDs", "pairs of CPUIDs")
        case .migration: ("migration", "migrations")
        case .kernelEntry: ("kernel entry", "kernel entries")
        case .contextSwitch: ("context switch", "context switches")
        case .reading: ("reading", "readings")
        default: (rawValue, rawValue)
        }
    }
}

/// Which way a fault goes: its size is a positive number.
public struct Direction: OpenName {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// Branches were made and not counted.
    public static let lost = Direction(rawValue: "lost")
    /// Counts that no branch made.
    public static let gained = Direction(rawValue: "gained")
    /// PMIs that came so many branches after their overflow.
    public static let late = Direction(rawValue: "late")
    /// PMIs that never came.
    public static let missing = Direction(rawValue: "missing")
    /// PMIs that came again.
    public static let twice = Direction(rawValue: "twice")

    public static let allCases: [Direction] = [.lost, .gained, .late, .missing, .twice]
}

/// Counts (or PMIs) where a fault struck; where it spared, nothing is counted here.
public struct FaultSize: Codable, Sendable, Hashable {
    public var min: UInt64
    public var median: UInt64
    public var max: UInt64
    public var mean: Double

    public init(min: UInt64, median: UInt64, max: UInt64, mean: Double) {
        self.min = min
        self.median = median
        self.max = max
        self.mean = mean
    }

    /// Of sizes that are all positive; nil where there is none.
    init?(_ sizes: Histogram) {
        guard let min = sizes.min, let max = sizes.max, let median = sizes.median, let mean = sizes.mean else {
            return nil
        }
        self.init(min: min.magnitude, median: median.magnitude, max: max.magnitude, mean: mean)
    }
}

/// How often a fault struck, of all the times it could have.
public struct Frequency: Codable, Sendable, Hashable {
    public var affected: UInt64
    /// Those that were looked at, the affected ones included; at least 1.
    public var of: UInt64
    /// What `affected` and `of` count.
    public var per: FaultUnit
    /// Between 0 and 1, with 95 % confidence (Wilson's score interval, JASA 22 (1927) 209).
    public var interval: Interval

    init(_ affected: UInt64, of all: UInt64, per unit: FaultUnit) {
        self.affected = affected
        of = max(1, all, affected)
        per = unit
        interval = Statistics.shareInterval(affected, of: of)
    }

    public var share: Double { Double(affected) / Double(max(1, of)) }
    public var isAlways: Bool { affected == of }
}

/// An interval for a share.
public struct Interval: Codable, Sendable, Hashable {
    public var low: Double
    public var high: Double
    /// Between 0 and 1.
    public var confidence: Double

    public init(low: Double, high: Double, confidence: Double) {
        self.low = low
        self.high = high
        self.confidence = confidence
    }
}

/// Another explanation, and the runs that rule it out.
public struct ExcludedAlternative: Codable, Sendable, Hashable {
    public var alternative: String
    public var because: String
    /// Runs that this rests on; at least 1.
    public var runs: Int
}

/// Another explanation that nothing was measured against.
public struct UnmeasuredAlternative: Codable, Sendable, Hashable {
    public var alternative: String
    public var because: String
    /// What measures it.
    public var command: String
}

/// A fault, how large and how frequent it is, how it comes about, and what shows it.
public struct Finding: Codable, Sendable, Hashable {
    public var fault: Fault
    public var per: FaultUnit
    public var direction: Direction
    public var size: FaultSize
    public var frequency: Frequency
    /// One sentence: how the counts go missing.
    public var mechanism: String
    /// What a person should do next.
    public var advice: String
    /// Observations that show it, one sentence each, with their figures.
    public var evidence: [String]
    public var excluded: [ExcludedAlternative]
    public var notMeasured: [UnmeasuredAlternative]
    /// The runs that show it, as places in the report's list, from 0.
    public var runs: [Int]
    /// Whether two undisturbed runs of one CPU show it. One alone makes no verdict `faulty`.
    public var isReproduced: Bool
    /// The CPUs that show it, where several were diagnosed; absent for one.
    public var cpus: [Int]?
}
