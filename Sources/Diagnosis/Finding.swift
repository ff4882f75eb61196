/// A counting fault known in the field. The raw values are part of the report's format.
public enum Fault: String, Codable, Sendable, Hashable, CaseIterable {
    case freezeOnPMI = "freeze-on-pmi"
    case pmiDrop = "pmi-drop"
    case pmiSurplus = "pmi-surplus"
    case lostPMI = "lost-pmi"
    case latePMI = "late-pmi"
    case duplicatePMI = "duplicate-pmi"
    case inexactUninterrupted = "inexact-uninterrupted"
    case smiSurplus = "smi-surplus"
    case lockSurplus = "lock-surplus"
    case kernelLeak = "kernel-leak"
    case wrongEvent = "wrong-event"
    case deadCounter = "dead-counter"
    case starvedCounter = "starved-counter"
    case checkpointLoss = "checkpoint-loss"
    case cpuidLoss = "cpuid-loss"
    case countOffset = "count-offset"
    case migrationLoss = "migration-loss"
    case contextSwitchLoss = "context-switch-loss"
    case periodIgnored = "period-ignored"
    case rdpmcDisagrees = "rdpmc-disagrees"
    /// A deviation that no rule explains. Still a fault.
    case unexplained
}

/// What the size of a fault is counted per.
public enum FaultUnit: String, Codable, Sendable, Hashable {
    case pmi, run
    case lockedInstruction = "locked-instruction"
    case smi, cpuid, migration
    case kernelEntry = "kernel-entry"
    case contextSwitch = "context-switch"
    case reading
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
