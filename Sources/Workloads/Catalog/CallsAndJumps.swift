// Question: does an event for conditional branches stay clear of calls, returns and jumps, and one for all branches
// see each of them once?
//
// An iteration calls three functions (directly, through a register, through memory) and jumps three times (the same).
// Each function, and once the iteration itself, branches on one of the four low bits of the remaining count: taken
// where the bit is 0, over a nop. Conditional branches: 4, and the closing one. Others: 3 calls, 3 returns, 3 jumps.
//
// Instructions without the nops, landing pads (endbr64, bti) included:
//   x86-64:  callee 4 each, with `call` 5, with `lea; call` 6, with `call *memory` 5; jmp 1; lea, jmp, endbr64 3;
//            test, jz 2; jmp *memory, endbr64 2; closing pair 2: 26
//   aarch64: callee 3 each, with `bl` 4, with `adr; blr` 5, 5; b 1; adr, br, bti 3; tbz 1; ldrsw, add, br, bti 4;
//            closing pair 2: 25

extension Workload {
    static let callsAndJumps = Workload(
        name: "calls-and-jumps",
        summary: "calls, returns and jumps, direct and indirect, between the branches"
    ) { n in
        let bitsSet = (0..<4).reduce(UInt128(0)) { $0 + n.iterationsWithBit($1) }
        return WideFigures(
            conditionalBranches: 5 * n, unconditionalBranches: 9 * n,
            takenConditionalBranches: (4 * n - bitsSet) + n - 1,
            instructions: .perArchitecture(x86_64: 26, aarch64: 25) * n + bitsSet
        ).insideWindow()
    }
}
