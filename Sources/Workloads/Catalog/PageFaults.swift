// Question: does a fault, and the return from it to the same instruction, change the count?
//
// An iteration branches (taken where an odd number of iterations remain, over a nop), gives its page back to the
// kernel (madvise), stores to it, which faults, and ends with the closing pair. 2 branches; 7 instructions (on aarch64,
// too: one less for the branch, one more for the argument that the call overwrites), and the nop in the even
// iterations; 1 system call. Three instructions before the loop prepare the call. The store retires once, though it
// starts twice.

extension Workload {
    static let pageFaults = Workload(
        name: "page-faults",
        summary: "a page fault between the branches, in every iteration"
    ) { n in
        WideFigures(
            conditionalBranches: 2 * n, takenConditionalBranches: n.iterationsWithBit(0) + n - 1,
            instructions: 7 * n + n.iterationsWithoutBit(0) + 3,
            systemCalls: n
        ).insideWindow()
    }
}
