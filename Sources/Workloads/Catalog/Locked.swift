// Question: do locked instructions disturb the count? On AMD's Zen they do (SpecLockMap, rr issue 2034).
//
// x86-64: an iteration has 4 branches: one taken where an odd number of iterations remain, one never taken, one always
// taken, the closing one. Instructions: 18, and a nop in the even iterations. One before the loop loads the address.
// aarch64: an iteration has 3 branches on the three low bits of the remaining count, taken where set, over a nop, and
// the closing one. Instructions: 15 without the nops. One before the loop loads the address.

extension Workload {
    static let locked = Workload(
        name: "locked",
        summary: "locked instructions between the branches"
    ) { n in
        #if arch(x86_64)
            let taken = n.iterationsWithBit(0) + n
            let instructions = 18 * n + n.iterationsWithoutBit(0)
        #else
            let taken = (0..<3).reduce(UInt128(0)) { $0 + n.iterationsWithBit($1) }
            let instructions = 15 * n + (3 * n - taken)
        #endif
        return WideFigures(
            conditionalBranches: 4 * n, takenConditionalBranches: taken + n - 1, instructions: instructions + 1
        ).insideWindow()
    }
}
