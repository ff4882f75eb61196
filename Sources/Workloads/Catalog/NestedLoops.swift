// Question: does the count hold where three loop counters together say where the program is?
//
// An iteration sets the middle count to 3, and 3 times: sets the inner count to 5, 5 times decrements and branches
// (taken 4 times), decrements and branches (taken 2 times of the 3). Then the closing pair.
// Branches: 3 * (5 + 1) + 1 = 19. Taken: 3 * 4 + 2 = 14, and the closing one.
// Instructions: 1 + 3 * (1 + 5 * 2 + 2) + 2 = 42.

extension Workload {
    static let nestedLoops = Workload(
        name: "nested-loops",
        summary: "loops of 3 times 5 inside each iteration"
    ) { n in
        WideFigures(conditionalBranches: 19 * n, takenConditionalBranches: 14 * n + n - 1, instructions: 42 * n)
            .insideWindow()
    }
}
