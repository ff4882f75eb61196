// Every conditional branch instruction of x86-64: the 16 conditions in the short and in the near form, `loop`,
// `loope`, `loopne`, `jrcxz` and `jecxz`, each of them taken and not taken.
//
// The flags come from comparing two bytes, one of four pairs by the two low bits of the remaining count:
//
//     pair       difference   O C Z S P
//     0x00 0x00     0x00      0 0 1 0 1
//     0x80 0x01     0x7f      1 0 0 0 0
//     0x00 0x01     0xff      0 1 0 1 1
//     0x7f 0xff     0x80      1 1 0 1 0
//
// Each condition is true for some of them and false for others. For any flags exactly one of a condition and its
// opposite is true: of the 32 branches 16 are taken, in every iteration.
#if defined(__linux__) && defined(__x86_64__)
#include "routine.h"

#define LOOP_COUNT 3
#define LOOPE_COUNT 4
#define LOOPNE_COUNT 5

// Each branch skips a nop where it is taken.
.macro conditions form
    .irp condition, o, no, b, ae, e, ne, be, a, s, ns, p, np, l, ge, le, g
    skip_nop "\form j\condition"
    .endr
.endm

.macro skip_nop instruction
    position .Lretired
    \instruction .Lskip\@
    .set .Lretired, .Lretired + 1
    position .Lretired
    nop
.Lskip\@:
    position .Lretired
.endm

// Branches to itself until %ecx, which holds `count`, is 0: `count` branches, all but the last of them taken.
.macro branch_to_itself instruction, count
    .set .Lretired, .Lretired + \count
    position .Lretired, counter=-1
.Litself\@:
    \instruction .Litself\@
    position .Lretired
.endm

routine_begin cperf_branch_kinds, per_iteration=32 + LOOP_COUNT + LOOPE_COUNT + LOOPNE_COUNT + 6 + 1
    .set .Lretired, 0
    lea .Lpairs(%rip), %r9
    window_open
1:
    position 0
    mov %r8d, %ecx
    and $3, %ecx
    movzbl (%r9, %rcx, 2), %eax
    cmpb 1(%r9, %rcx, 2), %al
    conditions ""
    conditions "{disp32}"

    // Counts and comparands come from memory: branches whose direction it can work out in advance valgrind folds away,
    // and does not count.
    movzbl .Lloop_count - .Lpairs(%r9), %ecx
    branch_to_itself loop, LOOP_COUNT
    movzbl .Lloope_count - .Lpairs(%r9), %ecx
    cmp %ecx, %ecx
    branch_to_itself loope, LOOPE_COUNT
    movzbl .Lloopne_count - .Lpairs(%r9), %ecx
    test %ecx, %ecx
    branch_to_itself loopne, LOOPNE_COUNT

    // Left by their condition, not by the count: not taken.
    movzbl .Lnine - .Lpairs(%r9), %ecx
    cmpb .Lzero - .Lpairs(%r9), %cl
    skip_nop loope
    cmpb .Leight - .Lpairs(%r9), %cl
    skip_nop loopne
    // %rcx is 7: not taken. Then it is 0: taken.
    skip_nop jrcxz
    skip_nop jecxz
    movzbl .Lzero - .Lpairs(%r9), %ecx
    skip_nop jrcxz
    skip_nop jecxz
    loop_close 1b
    window_close
    routine_return

    .pushsection .rodata.cperf_pairs, "a", @progbits
.Lpairs:
    .byte 0x00, 0x00
    .byte 0x80, 0x01
    .byte 0x00, 0x01
    .byte 0x7f, 0xff
.Lloop_count:
    .byte LOOP_COUNT
.Lloope_count:
    .byte LOOPE_COUNT
.Lloopne_count:
    .byte LOOPNE_COUNT
.Lnine:
    .byte 9
.Leight:
    .byte 8
.Lzero:
    .byte 0
    .popsection
routine_end cperf_branch_kinds, branch-kinds
#endif

// Outside of the guard: without this note even an empty object makes the whole program's stack executable.
.section .note.GNU-stack, "", %progbits
