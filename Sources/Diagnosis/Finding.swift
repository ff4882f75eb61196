import Measurement

/// A counting fault known in the field. The raw values are part of the report's format.
public struct Fault: OpenName {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public static let freezeOnPMI = Fault(rawValue: "freeze-on-pmi")
    public static let pmiDrop = Fault(rawValue: "pmi-drop")
    public static let pmiSurplus = Fault(rawValue: "pmi-surplus")
    public static let lostPMI = Fault(rawValue: "lost-pmi")
    public static let latePMI = Fault(rawValue: "late-pmi")
    public static let duplicatePMI = Fault(rawValue: "duplicate-pmi")
    public static let inexactUninterrupted = Fault(rawValue: "inexact-uninterrupted")
    public static let smiSurplus = Fault(rawValue: "smi-surplus")
    public static let lockSurplus = Fault(rawValue: "lock-surplus")
    public static let kernelLeak = Fault(rawValue: "kernel-leak")
    public static let wrongEvent = Fault(rawValue: "wrong-event")
    public static let deadCounter = Fault(rawValue: "dead-counter")
    public static let starvedCounter = Fault(rawValue: "starved-counter")
    public static let checkpointLoss = Fault(rawValue: "checkpoint-loss")
    public static let cpuidLoss = Fault(rawValue: "cpuid-loss")
    public static let countOffset = Fault(rawValue: "count-offset")
    public static let migrationLoss = Fault(rawValue: "migration-loss")
    public static let contextSwitchLoss = Fault(rawValue: "context-switch-loss")
    public static let periodIgnored = Fault(rawValue: "period-ignored")
    public static let rdpmcDisagrees = Fault(rawValue: "rdpmc-disagrees")
    /// A deviation that no rule explains. Still a fault.
    public static let unexplained = Fault(rawValue: "unexplained")

    /// Those that this version knows.
    public static let allCases: [Fault] = [
        .freezeOnPMI, .pmiDrop, .pmiSurplus, .lostPMI, .latePMI, .duplicatePMI, .inexactUninterrupted, .smiSurplus,
        .lockSurplus, .kernelLeak, .wrongEvent, .deadCounter, .starvedCounter, .checkpointLoss, .cpuidLoss,
        .countOffset, .migrationLoss, .contextSwitchLoss, .periodIgnored, .rdpmcDisagrees, .unexplained,
    ]
}

/// What the size of a fault is counted per.
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
}

/// Counts over all the places where a fault showed: a deficit is positive, a surplus negative.
public struct FaultSize: Codable, Sendable, Hashable {
    public var min: Int64
    public var median: Int64
    public var max: Int64
    public var mean: Double

    public init(min: Int64, median: Int64, max: Int64, mean: Double) {
        self.min = min
        self.median = median
        self.max = max
        self.mean = mean
    }
}

/// An interval for a rate, in the finding's unit.
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

/// Another explanation, and the observation that rules it out.
public struct ExcludedAlternative: Codable, Sendable, Hashable {
    public var alternative: String
    public var because: String

    public init(alternative: String, because: String) {
        self.alternative = alternative
        self.because = because
    }
}

/// A fault, how large it is, how it comes about, and what shows it.
public struct Finding: Codable, Sendable, Hashable {
    public var fault: Fault
    public var per: FaultUnit
    public var size: FaultSize
    public var interval: Interval?
    /// One sentence: how the counts go missing.
    public var mechanism: String
    /// What a person should do next.
    public var advice: String
    /// Observations that show it, one sentence each, with their figures.
    public var evidence: [String]
    public var excluded: [ExcludedAlternative]
    /// Undisturbed runs that show the fault. One alone has not been reproduced and makes no verdict `faulty`.
    public var runsShowing: Int
    /// The CPUs that show it, where several were diagnosed; absent for one.
    public var cpus: [Int]?

    public init(
        fault: Fault, per: FaultUnit, size: FaultSize, interval: Interval? = nil, mechanism: String, advice: String,
        evidence: [String], excluded: [ExcludedAlternative] = [], runsShowing: Int
    ) {
        self.fault = fault
        self.per = per
        self.size = size
        self.interval = interval
        self.mechanism = mechanism
        self.advice = advice
        self.evidence = evidence
        self.excluded = excluded
        self.runsShowing = runsShowing
    }

    public var isReproduced: Bool { runsShowing >= 2 }
}
