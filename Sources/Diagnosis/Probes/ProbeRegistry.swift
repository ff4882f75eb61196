/// Every probe there is, in the order in which a person reads them.
enum ProbeRegistry {
    static let all: [any Probe] = [
        UninterruptedExactness(), PMITotals(), PMILedger(), BystanderExactness(), PMICount(),
        // What the runs of the four arms tell besides.
        SkidQuantiles(), EventIdentity(), KernelEntries(), CPUIDPairs(), SystemManagementInterrupts(), Multiplexing(),
        // What shows in a circumstance only.
        LockedInstructions(), SignalDelivery(), SharedCPU(), MigrationBetweenCPUs(), AntagonistBeside(),
        BranchStackBeside(), PreciseLevels(), CheckpointedEvent(), UserSpaceRead(), PeriodChange(), SmallestPeriod(),
        SafeRate(), FreeCounters(), LargeCounts(),
        // Last, as the one in which truecount judges itself.
        PlantedLossControl(),
    ]
}

/// A probe's name and question, as `truecount list probes` shows them.
public struct ProbeDescription: Codable, Sendable, Hashable {
    public var id: String
    public var question: String

    public static let all: [ProbeDescription] = ProbeRegistry.all.map {
        ProbeDescription(id: $0.id, question: $0.question)
    }
}
