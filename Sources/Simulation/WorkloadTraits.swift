import Workloads

/// What a run of a workload does besides branching, in closed form: the occasions on which some PMUs miscount.
struct WorkloadTraits {
    let figures: WorkloadFigures
    let triggers: WorkloadTriggers
    /// Counts of the event that is asked for in the whole run: conditional branches, on Arm taken ones or all.
    let counts: UInt64
    /// The same of an iteration.
    let branchesPerIteration: UInt64
    /// System calls and page faults of an iteration, all of them after its first branch (system_calls.S,
    /// page_faults.S).
    let kernelEntriesPerIteration: UInt64

    init(_ workload: Workload, iterations: UInt64, asked: SimulatedModel.Selection) {
        figures = workload.figures(iterations: iterations)
        triggers = workload.triggers(iterations: iterations)
        counts = asked.total(figures)
        branchesPerIteration = max(1, counts / max(1, iterations))
        kernelEntriesPerIteration = triggers.kernelEntries / max(1, iterations)
    }
}

extension SimulatedModel.Selection {
    /// What an event of this kind counts in a whole run.
    func total(_ figures: WorkloadFigures) -> UInt64 {
        switch self {
        case .conditional: figures.conditionalBranches
        case .takenConditional: figures.takenBranches - (figures.branches - figures.conditionalBranches)
        case .taken: figures.takenBranches
        case .allBranches: figures.branches
        case .nothing: 0
        }
    }
}
