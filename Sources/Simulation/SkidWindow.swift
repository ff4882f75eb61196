/// What lies between an overflow and its PMI: user branches, and kernel branches that use the skid up as well.
struct SkidWindow: Equatable {
    /// Conditional branches retired in user space.
    var userBranches: UInt64
    /// Whether the PMI is taken in the kernel; the user registers are those of the entry.
    var endsInKernel: Bool

    /// - Parameters:
    ///   - skid: branches of either privilege level, as the lab's PMU counts them.
    ///   - position: conditional branches retired at the overflow.
    init(skid: UInt64, at position: UInt64, in traits: WorkloadTraits, kernelBranchesPerEntry: UInt64) {
        let spacing = traits.branchesPerIteration
        let inKernel = kernelBranchesPerEntry * traits.kernelEntriesPerIteration
        // The entry follows the first branch of its iteration.
        let untilEntry = (spacing + 1 - position % spacing) % spacing
        guard inKernel > 0, skid > untilEntry else {
            self.init(userBranches: skid, endsInKernel: false)
            return
        }
        guard skid - untilEntry > inKernel else {
            self.init(userBranches: untilEntry, endsInKernel: true)
            return
        }
        let (turns, rest) = (skid - untilEntry - inKernel).quotientAndRemainder(dividingBy: spacing + inKernel)
        self.init(userBranches: untilEntry + turns * spacing + min(rest, spacing), endsInKernel: rest > spacing)
    }

    init(userBranches: UInt64, endsInKernel: Bool) {
        self.userBranches = userBranches
        self.endsInKernel = endsInKernel
    }
}
