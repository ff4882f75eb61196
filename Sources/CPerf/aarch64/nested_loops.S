// Loops of 3 times 5 inside each iteration: the position depends on all three counts.
#if defined(__linux__) && defined(__aarch64__)
#include "routine.h"

#define MIDDLE 3
#define INNER 5

routine_begin cperf_nested_loops, per_iteration=MIDDLE * (INNER + 1) + 1
    window_open
1:
    position 0
    mov w10, #MIDDLE
2:
    position (INNER + 1) * MIDDLE, inner=-(INNER + 1)
    mov w11, #INNER
3:
    position (INNER + 1) * MIDDLE + INNER, inner=-(INNER + 1), counter=-1
    subs w11, w11, #1
    position (INNER + 1) * MIDDLE + INNER - 1, inner=-(INNER + 1), counter=-1
    b.ne 3b
    position (INNER + 1) * MIDDLE + INNER, inner=-(INNER + 1)
    subs w10, w10, #1
    position (INNER + 1) * (MIDDLE - 1) + INNER, inner=-(INNER + 1)
    b.ne 2b
    loop_close 1b
    window_close
    routine_return
routine_end cperf_nested_loops, nested-loops
#endif

// Outside of the guard: without this note even an empty object makes the whole program's stack executable.
.section .note.GNU-stack, "", %progbits
