// Exclusive loads and stores between the branches. A store-exclusive may fail for no visible reason, so nothing
// branches on whether it did: the loop that real code writes around it has no count known in advance, which is why rr
// cannot record it. (LSE's single instructions would need ARMv8.1.)
#if defined(__linux__) && defined(__aarch64__)
#include "routine.h"

routine_begin cperf_locked, per_iteration=4
    window_open
    ldr x13, [x12, #MEMORY]
1:
    position 0
    ldxr x14, [x13]
    add x14, x14, #1
    stxr w15, x14, [x13]
    tbnz x9, #0, 2f
    position 1
    nop
2:
    position 1
    ldaxr x14, [x13]
    add x14, x14, #1
    stlxr w15, x14, [x13]
    tbnz x9, #1, 3f
    position 2
    nop
3:
    position 2
    ldxp x14, x16, [x13]
    stxp w15, x16, x14, [x13]
    dmb ish
    tbnz x9, #2, 4f
    position 3
    nop
4:
    position 3
    clrex
    loop_close 1b
    window_close
    routine_return
routine_end cperf_locked, locked
#endif

// Outside of the guard: without this note even an empty object makes the whole program's stack executable.
.section .note.GNU-stack, "", %progbits
