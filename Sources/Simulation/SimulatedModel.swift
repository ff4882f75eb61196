/// A PMU as it is simulated: what it counts, when it interrupts, and each fault that it has. The default is a healthy
/// one.
///
/// "One in" parameters are odds: 0 is never, 1 always. ``ModelParameter/all`` says what each means, its range and where
/// it comes from.
public struct SimulatedModel: Codable, Hashable, Sendable {
    /// When counters stop while a PMI is on its way.
    public enum Freeze: String, Codable, Hashable, Sendable, CaseIterable {
        case none, overflow, delivery
    }

    /// What the event really counts, whatever it is taken for.
    public enum Selection: String, Codable, Hashable, Sendable, CaseIterable {
        case conditional
        case takenConditional = "taken-conditional"
        case taken
        case allBranches = "all-branches"
        case nothing
    }

    /// What becomes of the counter whose PMI is lost.
    public enum AfterLoss: String, Codable, Hashable, Sendable, CaseIterable {
        /// It runs on from 0: there is no further PMI until it is loaded again, or wraps.
        case untilReload = "until-reload"
        /// Only this one is missing; the next overflow interrupts.
        case single
    }

    // The machine.
    public var branchesPerSecond: UInt64 = 1_000_000_000
    public var counterWidth: UInt64 = 48
    public var skid = SkidDistribution.fixed(10)
    public var kernelBranchesPerEntry: UInt64 = 300
    public var skidInKernelOneIn: UInt64 = 0
    public var counters: UInt64 = 4
    public var takenCounters: UInt64 = 0
    public var isPinned = true
    public var minimumPeriod: UInt64 = 1
    public var maxSampleRate: UInt64 = 100_000
    public var ticksPerSecond: UInt64 = 250

    // What counts.
    public var selection = Selection.conditional
    /// Whether the event is taken for Arm's BR_RETIRED: taken branches and all branches are both right.
    public var isArmBranchEvent = false
    public var countedPerMille: UInt64 = 1000

    // At each PMI.
    public var freeze = Freeze.none
    public var freezeOneIn: UInt64 = 1
    public var drop: UInt64 = 0
    public var dropOneIn: UInt64 = 1
    public var surplus: UInt64 = 0
    public var surplusOneIn: UInt64 = 1

    // The PMIs themselves.
    public var lostPMIOneIn: UInt64 = 0
    public var lostPMIIsRandom = false
    public var afterLostPMI = AfterLoss.untilReload
    public var losesPMIsInKernel = false
    public var latePMIOneIn: UInt64 = 0
    public var latePMIBy = CountRange(0, 0)
    public var duplicatePMIOneIn: UInt64 = 0
    public var lostRecordOneIn: UInt64 = 0

    // What counts are gained and lost by beside PMIs.
    public var smisPerSecond: UInt64 = 0
    public var smiSurplus = CountRange(0, 0)
    public var smiCountIsReadable = true
    public var lockSurplus = CountRange(0, 0)
    public var lockSurplusOneIn: UInt64 = 16
    public var lossPerCPUIDPair: UInt64 = 0
    public var kernelLeak: UInt64 = 0
    public var interruptLeak: UInt64 = 0
    public var spuriousOneIn: UInt64 = 0
    public var runSurplus: UInt64 = 0
    public var runSurplusOneIn: UInt64 = 1
    public var offset: UInt64 = 0
    public var offsetOneIn: UInt64 = 1
    public var switchesPerSecond: UInt64 = 0
    public var lossPerSwitch: UInt64 = 0

    // Counters that do not count though they say so, or say that they do not.
    public var hostExhaustedOneIn: UInt64 = 0
    public var hostExhaustedCounts: UInt64 = 395
    public var secondCounterIsDead = false
    public var starvedOneIn: UInt64 = 0

    // What shows only under a condition.
    public var checkpointLoss: UInt64 = 0
    public var migrationLosesOverflowOneIn: UInt64 = 0
    public var ignoresPeriodChange = false
    public var rdpmcOffset: UInt64 = 0
    public var rdpmcIsDisabled = false
    public var signalLeak: UInt64 = 0
    public var branchStackLoss: UInt64 = 0
    public var preciseDrop: UInt64 = 0
    public var preciseLevels: UInt64 = 3
    public var countBits: UInt64 = 0
    public var throttleJump: UInt64 = 0
    public var throttleStopsGroup = false

    /// A healthy PMU.
    public init() {}
}
