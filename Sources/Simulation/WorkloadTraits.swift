import Workloads

/// What a run of a workload does besides branching, in closed form: the occasions on which some PMUs miscount.
struct WorkloadTraits {
    let figures: WorkloadFigures
    let iterations: UInt64
    /// Conditional branches of an iteration.
    let branchesPerIteration: UInt64
    /// System calls and page faults of an iteration, all of them after its first branch (system_calls.S,
    /// page_faults.S).
    let kernelEntriesPerIteration: UInt64
    let lockedInstructions: UInt64
    /// CPUIDs that follow another one, with branches between them.
    let cpuidPairs: UInt64

    init(_ workload: Workload, iterations: UInt64) {
        let figures = workload.figures(iterations: iterations)
        self.figures = figures
        self.iterations = iterations
        branchesPerIteration = max(1, figures.conditionalBranches / max(1, iterations))
        // One of the system calls is the window's own.
        let systemCalls = (figures.systemCalls - min(1, figures.systemCalls)) / max(1, iterations)
        let perIteration = Self.table[workload.name] ?? Occasions()
        kernelEntriesPerIteration = systemCalls + perIteration.pageFaults
        lockedInstructions = perIteration.lockedInstructions * iterations
        cpuidPairs = perIteration.cpuids * iterations - min(1, perIteration.cpuids)
    }

    var kernelEntries: UInt64 { kernelEntriesPerIteration * iterations }

    /// Occasions of one iteration that the closed form's figures do not tell.
    private struct Occasions {
        var pageFaults: UInt64 = 0
        var lockedInstructions: UInt64 = 0
        var cpuids: UInt64 = 0
    }

    /// By the workload's name; the numbers are those of its routine's source.
    private static let table: [String: Occasions] = [
        "page-faults": Occasions(pageFaults: 1),
        "locked": Occasions(lockedInstructions: lockedInstructionsPerIteration),
        "cpu-identification": Occasions(cpuids: 1),
    ]

    #if arch(x86_64)
        private static let lockedInstructionsPerIteration: UInt64 = 7
    #else
        /// Pairs of exclusive load and store.
        private static let lockedInstructionsPerIteration: UInt64 = 3
    #endif
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
