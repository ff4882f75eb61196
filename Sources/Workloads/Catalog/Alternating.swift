// Question: are branches that are not taken counted like those that are?
//
// An iteration is a test, a branch that is taken where an odd number of iterations remain, a nop that it then skips,
// and the closing pair: 2 branches, 4 instructions, and the nop in the even iterations.

extension Workload {
    static let alternating = Workload(
        name: "alternating",
        summary: "a branch that is taken in every other iteration"
    ) { n in
        WideFigures(
            conditionalBranches: 2 * n, takenConditionalBranches: n.iterationsWithBit(0) + n - 1,
            instructions: 4 * n + n.iterationsWithoutBit(0)
        ).insideWindow()
    }
}
