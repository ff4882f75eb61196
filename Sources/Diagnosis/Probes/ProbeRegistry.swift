/// Every probe there is, in the order in which a person reads them.
enum ProbeRegistry {
    static let all: [any Probe] = [
        UninterruptedExactness(), PMITotals(), PMILedger(), BystanderExactness(), PMICount(),
        // What the runs of the four arms tell besides.
        SkidQuantiles(), EventIdentity(), KernelEntries(), CPUIDPairs(), SystemManagementInterrupts(), Multiplexing(),
        // What shows under a condition only.
        LockedInstructions(), SignalDelivery(), SharedCPU(), MigrationBetweenCPUs(), AntagonistBeside(),
        BranchStackBeside(), PreciseLevels(), CheckpointedEvent(), UserSpaceRead(), PeriodChange(), SmallestPeriod(),
        SafeRate(), FreeCounters(), LargeCounts(), RecordAndReplay(),
        // Last, as the one in which truecount judges itself.
        PlantedLossControl(),
    ]

    /// The four arms and the control: without them no count can be called accurate.
    static let arms: [any Probe] = [
        UninterruptedExactness(), PMITotals(), PMILedger(), BystanderExactness(), PMICount(), PlantedLossControl(),
    ]
}

/// A probe's name and question, as `truecount list probes` shows them.
public struct ProbeDescription: Codable, Sendable, Hashable {
    public var id: String
    public var question: String

    public static let all: [ProbeDescription] = ProbeRegistry.all.map {
        ProbeDescription(id: $0.id, question: $0.question)
    }

    /// The ids of the probes without which no verdict is accurate: the four arms and the control.
    public static let arms: Set<String> = Set(ProbeRegistry.arms.map(\.id))
}
