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
        summary: "every conditional branch instruction, taken and not taken"
    ) { n in
        WideFigures(
            conditionalBranches: .perArchitecture(x86_64: 51, aarch64: 23) * n,
            takenConditionalBranches: .perArchitecture(x86_64: 27, aarch64: 11) * n + n - 1,
            instructions: .perArchitecture(x86_64: 85, aarch64: 40) * n
        ).insideWindow()
    }
}
