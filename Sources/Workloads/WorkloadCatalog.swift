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

// Question: does the counter count the plainest branch there is, at the highest rate?
//
// An iteration is a decrement and the branch that closes the loop. The branch is taken all but the last time.

extension Workload {
    static let tightLoop = Workload(
        name: "tight-loop",
        summary: "one decrement and one branch: the highest branch rate",
        branches: []
    ) { n in WideFigures(instructions: 2 * n).insideWindow() }
}

// Question: are branches that are not taken counted like those that are?
//
// An iteration is a test, a branch that is taken where an odd number of iterations remain, a nop that it then skips,
// and the closing pair: 2 branches, 4 instructions, and the nop in the even iterations.

extension Workload {
    static let alternating = Workload(
        name: "alternating",
        summary: "a branch that is taken in every second iteration",
        branches: [.whereSet(bit: 0)]
    ) { n in WideFigures(instructions: 4 * n + n.iterationsWithoutBit(0)).insideWindow() }
}

// Question: does misprediction, and what the CPU executes and throws away by it, leave a trace in the count?
//
// An iteration shifts a generator and branches on the bit that drops out: taken where it is 0, and where it is 1 one
// more instruction, an exclusive or, is executed. With the closing pair: 2 branches and 4 instructions (5 on aarch64,
// where the test is one of its own), and the exclusive or where the bit is 1.
//
// The generator starts from 1 and goes through all 4095 states; each state's low bit is the one that drops out, so a
// whole period has 2048 ones (the odd numbers below 4096). What is left of n after whole periods is counted.

extension Workload {
    static let dataDependent = Workload(
        name: "data-dependent",
        summary: "a branch that follows a pseudo-random generator's bits",
        branches: [.droppedZero]
    ) { n in
        WideFigures(
            instructions: .perArchitecture(x86_64: 4, aarch64: 5) * n + DroppedBits.ones(iterations: n)
        ).insideWindow()
    }
}

/// The generator of data_dependent.S.
enum DroppedBits {
    static let taps: UInt16 = 0xe08
    static let period = 4095

    /// onesBefore[k]: ones among the first k bits.
    private static let onesBefore: [UInt16] = {
        var state: UInt16 = 1
        var ones: UInt16 = 0
        var sums: [UInt16] = [0]
        for _ in 0..<period {
            let bit = state & 1
            state >>= 1
            if bit == 1 { state ^= taps }
            ones += bit
            sums.append(ones)
        }
        return sums
    }()

    static func ones(iterations: UInt128) -> UInt128 {
        let (periods, rest) = iterations.quotientAndRemainder(dividingBy: UInt128(period))
        return periods * UInt128(onesBefore[period]) + UInt128(onesBefore[Int(rest)])
    }
}

// Question: does the count hold where three loop counters together say where the program is?
//
// An iteration sets the middle count to 3, and 3 times: sets the inner count to 5, 5 times decrements and branches
// (taken 4 times), decrements and branches (taken 2 times of the 3). Then the closing pair.
// Instructions: 1 + 3 * (1 + 5 * 2 + 2) + 2 = 42.

extension Workload {
    static let nestedLoops = Workload(
        name: "nested-loops",
        summary: "loops of 3 times 5 inside each iteration",
        branches: [true, true, false].flatMap { isMiddleTaken in
            [.always, .always, .always, .always, .never, isMiddleTaken ? .always : .never]
        }
    ) { n in WideFigures(instructions: 42 * n).insideWindow() }
}

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
        summary: "calls, returns and jumps, direct and indirect, between the branches",
        branches: (0..<4).map { .whereClear(bit: $0) }, unconditionalBranches: 9
    ) { n in
        let bitsSet = (0..<4).reduce(UInt128(0)) { $0 + n.iterationsWithBit($1) }
        return WideFigures(instructions: .perArchitecture(x86_64: 26, aarch64: 25) * n + bitsSet).insideWindow()
    }
}

// Question: does the event count every instruction that is a conditional branch, in each of its encodings?
//
// x86-64, an iteration:                                   branches  taken  instructions
//   flags: mov, and, movzbl, cmpb                                0      0    4
//   16 conditions, short and near; 16 not taken, over a nop     32     16   48
//   movzbl, loop                                                 3      2    4
//   movzbl, cmp, loope                                           4      3    6
//   movzbl, test, loopne                                         5      4    7
//   movzbl, cmpb, loope, nop, cmpb, loopne, nop                  2      0    7
//   jrcxz, nop, jecxz, nop; movzbl, jrcxz, jecxz                 4      2    7
//   closing pair                                                 1      *    2
//                                                               51     27   85
// aarch64, an iteration:
//   flags: and, add, ldp, cmp                                    0      0    4
//   14 conditions; 7 not taken, over a nop                      14      7   21
//   sbfx; cbz, cbnz, tbz, tbnz, twice; 4 not taken               8      4   13
//   closing pair                                                 1      *    2
//                                                               23     11   40
// (* all but the last time)

extension Workload {
    static let branchKinds = Workload(
        name: "branch-kinds",
        summary: "every conditional branch instruction, taken and not taken",
        branches: everyConditionalBranch
    ) { n in WideFigures(instructions: .perArchitecture(x86_64: 85, aarch64: 40) * n).insideWindow() }

    /// Conditions by the pairs of operands for which they are true (the assembly files' heads).
    private static let everyConditionalBranch: [TakenRule] = {
        #if arch(x86_64)
            // o no b ae, e ne be a, s ns p np, l ge le g
            let conditions: [TakenRule] = [
                .wherePair(1, 3), .wherePair(0, 2), .wherePair(2, 3), .wherePair(0, 1),
                .wherePair(0), .wherePair(1, 2, 3), .wherePair(0, 2, 3), .wherePair(1),
                .wherePair(2, 3), .wherePair(0, 1), .wherePair(0, 2), .wherePair(1, 3),
                .wherePair(1, 2), .wherePair(0, 3), .wherePair(0, 1, 2), .wherePair(3),
            ]
            let loops: [TakenRule] = [3, 4, 5].flatMap { (count: Int) in
                Array(repeating: .always, count: count - 1) + [.never]
            }
            // loope, loopne, jrcxz, jecxz; jrcxz, jecxz
            return conditions + conditions + loops + [.never, .never, .never, .never, .always, .always]
        #else
            // eq ne hs lo mi pl vs, vc hi ls ge lt gt le
            let conditions: [TakenRule] = [
                .wherePair(0), .wherePair(1, 2, 3), .wherePair(0, 1), .wherePair(2, 3), .wherePair(2, 3),
                .wherePair(0, 1), .wherePair(1, 3), .wherePair(0, 2), .wherePair(1), .wherePair(0, 2, 3),
                .wherePair(0, 3), .wherePair(1, 2), .wherePair(3), .wherePair(0, 1, 2),
            ]
            // cbz, cbnz, tbz, tbnz, twice, of the lowest bit
            let comparisons: [TakenRule] = (0..<8).map { $0 % 2 == 0 ? .whereClear(bit: 0) : .whereSet(bit: 0) }
            return conditions + comparisons
        #endif
    }()
}

// Question: do locked instructions disturb the count? On AMD's Zen they do (SpecLockMap, rr issue 2034).
//
// x86-64: an iteration has 4 branches: one taken where an odd number of iterations remain, one never taken, one always
// taken, the closing one. Instructions: 18, 7 of them locked (one is xchg, which always is where it has memory), and a
// nop in the even iterations. One before the loop loads the address.
// aarch64: an iteration has 3 branches on the three low bits of the remaining count, taken where set, over a nop, and
// the closing one. Instructions: 15 without the nops, 3 of them exclusive stores. One before the loop loads the
// address.

extension Workload {
    static let locked = Workload(
        name: "locked",
        summary: "locked instructions between the branches",
        branches: lockedBranches
    ) { n in
        #if arch(x86_64)
            let instructions = 18 * n + n.iterationsWithoutBit(0)
        #else
            let instructions = (0..<3).reduce(15 * n) { $0 + n.iterationsWithoutBit($1) }
        #endif
        return WideFigures(
            instructions: instructions + 1, lockedInstructions: .perArchitecture(x86_64: 7, aarch64: 3) * n
        ).insideWindow()
    }

    private static let lockedBranches: [TakenRule] = {
        #if arch(x86_64)
            [.whereSet(bit: 0), .never, .always]
        #else
            (0..<3).map { .whereSet(bit: $0) }
        #endif
    }()
}

// Question: do branches of the kernel leak into a user-space count at the entry to the kernel or the return from it?
//
// An iteration branches (taken where an odd number of iterations remain, over a nop), makes the system call getppid,
// and ends with the closing pair. 2 branches; 6 instructions (5 on aarch64, which tests and branches in one), and the
// nop in the even iterations; 1 system call.

extension Workload {
    static let systemCalls = Workload(
        name: "system-calls",
        summary: "a cheap system call between the branches",
        branches: [.whereSet(bit: 0)]
    ) { n in
        WideFigures(
            instructions: .perArchitecture(x86_64: 6, aarch64: 5) * n + n.iterationsWithoutBit(0),
            systemCalls: n
        ).insideWindow()
    }
}

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
        summary: "a page fault between the branches, in every iteration",
        branches: [.whereSet(bit: 0)]
    ) { n in
        WideFigures(
            instructions: 7 * n + n.iterationsWithoutBit(0) + 3,
            systemCalls: n, pageFaults: n
        ).insideWindow()
    }
}

// Question: does a hypervisor lose branches where it steps in for an instruction? VMware has (rr issue 4079).
//
// An iteration branches (taken where an odd number of iterations remain, over a nop), executes an instruction that a
// hypervisor (x86-64: cpuid) or the kernel (aarch64: mrs of MIDR_EL1) carries out in its stead, and ends with the
// closing pair. 2 branches. x86-64: test, jnz, xor, xor, cpuid, dec, jnz: 7 instructions, and one before and one after
// the loop that keep a register of the caller's. aarch64: tbnz, mrs, sub, cbnz: 4. The nop in the even iterations.

extension Workload {
    static let cpuIdentification = Workload(
        name: "cpu-identification",
        summary: "CPUID, which traps to the hypervisor, between the branches",
        branches: [.whereSet(bit: 0)]
    ) { n in
        WideFigures(
            instructions: .perArchitecture(x86_64: 7, aarch64: 4) * n + n.iterationsWithoutBit(0)
                + .perArchitecture(x86_64: 2, aarch64: 0),
            cpuids: n
        ).insideWindow()
    }
}
