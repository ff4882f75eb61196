// Every conditional branch instruction of aarch64: `b.cond` with its 14 conditions, `cbz` and `cbnz` of 32 and of
// 64 bits, `tbz` and `tbnz` of a low and of a high bit, each of them taken and not taken. (`b.al` has the same
// encoding, but is not conditional: left out.)
//
// The flags come from comparing two words, one of four pairs by the two low bits of the remaining count:
//
//     pair                       difference     N Z C V
//     0 0                        0              0 1 1 0
//     0x80000000 1               0x7fffffff     0 0 1 1
//     0 1                        0xffffffff     1 0 0 0
//     0x7fffffff 0xffffffff      0x80000000     1 0 0 1
//
// Each condition is true for some of them and false for others. For any flags exactly one of a condition and its
// opposite is true: of the 14 branches 7 are taken, in every iteration. The others stand in opposites, too, on one
// register that alternates between 0 and all ones: 4 of 8.
#if defined(__linux__) && defined(__aarch64__)
#include "routine.h"

// Each branch skips a nop where it is taken.
.macro skip_nop instruction:vararg
    position .Lretired
    \instruction .Lskip\@
    .set .Lretired, .Lretired + 1
    position .Lretired
    nop
.Lskip\@:
    position .Lretired
.endm

routine_begin cperf_branch_kinds, per_iteration=14 + 8 + 1
    .set .Lretired, 0
    adr x13, .Lpairs
    window_open
1:
    position 0
    and x14, x9, #3
    add x14, x13, x14, lsl #3
    ldp w15, w16, [x14]
    cmp w15, w16
    .irp condition, eq, ne, hs, lo, mi, pl, vs, vc, hi, ls, ge, lt, gt, le
    skip_nop b.\condition
    .endr
    sbfx x15, x9, #0, #1
    skip_nop cbz w15,
    skip_nop cbnz w15,
    skip_nop cbz x15,
    skip_nop cbnz x15,
    skip_nop tbz w15, #5,
    skip_nop tbnz w15, #5,
    skip_nop tbz x15, #45,
    skip_nop tbnz x15, #45,
    loop_close 1b
    window_close
    routine_return
    .set .Lroutine_size, . - .Lroutine
.Lpairs:
    .long 0, 0
    .long 0x80000000, 1
    .long 0, 1
    .long 0x7fffffff, 0xffffffff
routine_end cperf_branch_kinds, branch-kinds
#endif

// Outside of the guard: without this note even an empty object makes the whole program's stack executable.
.section .note.GNU-stack, "", %progbits
