// Question: do branches of the kernel leak into a user-space count at the entry to the kernel or the return from it?
//
// An iteration branches (taken where an odd number of iterations remain, over a nop), makes the system call getppid,
// and ends with the closing pair. 2 branches; 6 instructions (5 on aarch64, which tests and branches in one), and the
// nop in the even iterations; 1 system call.

extension Workload {
    static let systemCalls = Workload(
        name: "system-calls",
        summary: "a cheap system call between the branches"
    ) { n in
        WideFigures(
            conditionalBranches: 2 * n, takenConditionalBranches: n.iterationsWithBit(0) + n - 1,
            instructions: .perArchitecture(x86_64: 6, aarch64: 5) * n + n.iterationsWithoutBit(0),
            systemCalls: n
        ).insideWindow()
    }
}
