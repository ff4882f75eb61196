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

/// A deterministic workload: a routine of machine code, and what is known of it in advance.
public struct Workload: Sendable {
    /// Stable name, as `truecount list workloads` shows it and reports keep it.
    public let name: String
    /// What it exercises, in one line.
    public let summary: String
}
