// Question: does the counter count the plainest branch there is, at the highest rate?
//
// An iteration is a decrement and the branch that closes the loop. The branch is taken all but the last time.

extension Workload {
    static let tightLoop = Workload(
        name: "tight-loop",
        summary: "one decrement and one branch: the highest branch rate"
    ) { n in
        WideFigures(conditionalBranches: n, takenConditionalBranches: n - 1, instructions: 2 * n).insideWindow()
    }
}
