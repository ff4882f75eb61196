extension Workload {
    /// Every workload that this architecture has, in the order in which lists show them.
    public static let all: [Workload] = [
        tightLoop, alternating, dataDependent, nestedLoops, callsAndJumps, branchKinds, locked, systemCalls,
        pageFaults, cpuIdentification,
    ].compactMap { $0 }

    public static func named(_ name: String) -> Workload? {
        all.first { $0.name == name }
    }
}
