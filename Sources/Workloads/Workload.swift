import CPerf

/// What one run of a workload retires in user space, from the instruction after the counter's enabling system
/// call to the counter's disabling system call instruction, that included.
public struct WorkloadFigures: Sendable, Hashable, Codable {
    /// Retired conditional branches (RCB), taken or not.
    public var conditionalBranches: UInt64
    /// Conditional branches, jumps, calls and returns. System calls are not among them.
    public var branches: UInt64
    /// Those of `branches` that went elsewhere than to the next instruction.
    public var takenBranches: UInt64
    public var instructions: UInt64
    /// System call instructions, the disabling one included.
    public var systemCalls: UInt64

    public init(
        conditionalBranches: UInt64, branches: UInt64, takenBranches: UInt64, instructions: UInt64, systemCalls: UInt64
    ) {
        self.conditionalBranches = conditionalBranches
        self.branches = branches
        self.takenBranches = takenBranches
        self.instructions = instructions
        self.systemCalls = systemCalls
    }
}

/// What one run of a workload does that some PMUs miscount at, besides branching. None of it is the window's own.
public struct WorkloadTriggers: Sendable, Hashable {
    /// x86-64: instructions that lock the bus or the cache line. aarch64: exclusive stores, each behind its load.
    public var lockedInstructions: UInt64
    /// x86-64: CPUID. aarch64: reads of an identification register, which the kernel carries out (HWCAP_CPUID).
    public var cpuids: UInt64
    public var systemCalls: UInt64
    /// In user space.
    public var pageFaults: UInt64

    public init(lockedInstructions: UInt64, cpuids: UInt64, systemCalls: UInt64, pageFaults: UInt64) {
        self.lockedInstructions = lockedInstructions
        self.cpuids = cpuids
        self.systemCalls = systemCalls
        self.pageFaults = pageFaults
    }

    /// CPUIDs that follow another one, with branches between them.
    public var cpuidPairs: UInt64 { cpuids - min(1, cpuids) }
    /// System calls and page faults; the largest number where the sum leaves 64 bits.
    public var kernelEntries: UInt64 {
        let (sum, isTooLarge) = systemCalls.addingReportingOverflow(pageFaults)
        return isTooLarge ? .max : sum
    }
}

/// Which retired branches an event counts.
public enum BranchKind: Sendable, Hashable, CaseIterable {
    /// Conditional ones, taken or not: RCB.
    case conditional
    /// Those that went elsewhere than to the next instruction, of any kind.
    case taken
    /// Conditional branches, jumps, calls and returns, taken or not.
    case any
}

extension WorkloadFigures {
    public func branches(_ kind: BranchKind) -> UInt64 {
        switch kind {
        case .conditional: conditionalBranches
        case .taken: takenBranches
        case .any: branches
        }
    }
}

/// A deterministic workload: a routine of machine code, and what is known of it in advance.
///
/// A routine runs the work of one iteration at least; the number of iterations is 1 or more everywhere below.
public struct Workload: Sendable {
    /// Stable name, as `truecount list workloads` shows it and reports keep it.
    public let name: String
    /// What it exercises, in one line.
    public let summary: String
    /// What a sampler beside a counter retires more of taken branches, and of branches of any kind, than the counter:
    /// the jump that leaves the window (workload.h).
    public static let branchesBehindCounter: UInt64 = 1

    /// Address of the loop-closing conditional branch: executed exactly once per iteration.
    public let site: UInt
    /// Address of another instruction that is executed exactly once per iteration.
    public let secondSite: UInt
    /// Address of the routine's first instruction.
    public let routineAddress: UInt
    /// Bytes of the routine, its callees included.
    public let routineLength: Int

    let positions: PositionTable
    let branches: IterationBranches
    /// Jumps, calls and returns of an iteration.
    let unconditionalBranches: UInt128
    /// What the branches do not give: instructions, system calls, occasions.
    let otherFigures: @Sendable (UInt128) -> WideFigures
    /// Constant data of the program, written by the assembler: nothing ever changes it.
    nonisolated(unsafe) let routine: UnsafePointer<cperf_routine>

    /// The largest number of iterations for which no figure or position leaves 64 bits.
    public static let maximumIterations: UInt64 = 1 << 56

    /// Nil where this architecture has no routine of that name.
    init?(
        name: String, summary: String, branches: [TakenRule], unconditionalBranches: UInt128 = 0,
        positions: PositionTable? = nil, otherFigures: @escaping @Sendable (UInt128) -> WideFigures
    ) {
        guard let routine = cperf_routine_named(name) else { return nil }
        let described = routine.pointee
        let address = UInt(bitPattern: unsafeBitCast(described.run, to: Int.self))
        self.name = name
        self.summary = summary
        self.branches = IterationBranches(branches)
        self.unconditionalBranches = unconditionalBranches
        self.otherFigures = otherFigures
        self.routine = routine
        self.positions = positions ?? PositionTable(describedBy: described)
        routineAddress = address
        routineLength = Int(described.length)
        site = address + UInt(described.site)
        secondSite = address + UInt(described.second_site)
    }

    /// What a run of so many iterations retires.
    ///
    /// A figure that does not fit 64 bits is the largest number that does, which takes more than
    /// `maximumIterations`. No iteration is no run, and retires nothing.
    public func figures(iterations: UInt64) -> WorkloadFigures {
        wideFigures(iterations).clamped
    }

    private func wideFigures(_ iterations: UInt64) -> WideFigures {
        guard iterations > 0 else { return WideFigures() }
        let iterations = UInt128(iterations)
        var figures = otherFigures(iterations)
        figures.conditionalBranches = branches.count * iterations
        figures.unconditionalBranches = unconditionalBranches * iterations
        figures.takenConditionalBranches = branches.taken(
            ofFirst: figures.conditionalBranches, iterations: iterations)
        return figures
    }

    /// What such a run gives occasion to; clamped as `figures` is. No iteration is no run, and does nothing.
    public func triggers(iterations: UInt64) -> WorkloadTriggers {
        wideFigures(iterations).triggers
    }

    /// Branches of the window retired before the instruction at the instruction pointer, in a run of so many iterations.
    /// Before the loop it is 0, after it the total, and behind the jump that leaves the counter's window one more of the
    /// taken ones, and of all (`branchesBehindCounter`).
    ///
    /// Nil outside the routine, and where the registers cannot be this run's.
    public func position(
        of kind: BranchKind = .conditional, iterations: UInt64, registers: UserRegisters
    ) -> UInt64? {
        evaluate(iterations: iterations, registers: registers) { row, completed in
            guard let conditional = row.conditionalBranches(completed: completed, of: iterations, registers) else {
                return nil
            }
            let unconditional = Int128(row.unconditional) + Int128(unconditionalBranches) * Int128(completed)
            switch kind {
            case .conditional: return conditional
            case .any: return Int64(exactly: Int128(conditional) + unconditional)
            case .taken:
                let taken = branches.taken(ofFirst: UInt128(conditional), iterations: UInt128(iterations))
                return Int64(exactly: Int128(taken) + unconditional)
            }
        }
    }

    /// Executions of `site` begun, in a run of so many iterations. With the instruction pointer at `site` the one
    /// that is about to happen is included: a breakpoint counts before the instruction executes (Intel SDM volume 3,
    /// 18.3.1.1: an instruction breakpoint is a fault).
    ///
    /// Nil outside the routine, and where the registers cannot be this run's.
    public func sitePosition(iterations: UInt64, registers: UserRegisters) -> UInt64? {
        evaluate(iterations: iterations, registers: registers) { row, completed in completed + row.site }
    }

    /// The same for `secondSite`.
    public func secondSitePosition(iterations: UInt64, registers: UserRegisters) -> UInt64? {
        evaluate(iterations: iterations, registers: registers) { row, completed in completed + row.secondSite }
    }

    private func evaluate(
        iterations: UInt64, registers: UserRegisters,
        _ quantity: (PositionRow, _ completed: Int64) -> Int64?
    ) -> UInt64? {
        let offset = registers.instructionPointer &- UInt64(routineAddress)
        guard
            iterations <= Self.maximumIterations, offset < UInt64(routineLength),
            let row = positions.row(at: Int(offset)),
            let completed = row.completed(iterations: iterations, remaining: registers.remaining)
        else { return nil }
        return quantity(row, completed).flatMap(UInt64.init(exactly:))
    }

    /// Runs the routine on this thread: enables the window's events, works, disables them.
    ///
    /// The window's memory must be a page of its own (`WorkloadWindow` provides one). No iteration is no run.
    ///
    /// - Returns: false where the process was told to stop meanwhile (interruption.h): the routine was left where it
    ///   stood, and its events may still be enabled.
    @discardableResult
    public func run(window: UnsafeMutablePointer<cperf_window>, iterations: UInt64) -> Bool {
        guard iterations > 0 else { return true }
        return cperf_run_routine(routine, window, iterations) == 0
    }
}
