// Loops of 3 times 5 inside each iteration: the position depends on all three counts.
#if defined(__linux__) && defined(__x86_64__)
#include "routine.h"

#define MIDDLE 3
#define INNER 5

routine_begin cperf_nested_loops, per_iteration=MIDDLE * (INNER + 1) + 1
    window_open
1:
    position 0
    mov $MIDDLE, %r9d
2:
    position (INNER + 1) * MIDDLE, inner=-(INNER + 1)
    mov $INNER, %ecx
3:
    position (INNER + 1) * MIDDLE + INNER, inner=-(INNER + 1), counter=-1
    dec %ecx
    position (INNER + 1) * MIDDLE + INNER - 1, inner=-(INNER + 1), counter=-1
    jnz 3b
    position (INNER + 1) * MIDDLE + INNER, inner=-(INNER + 1)
    dec %r9d
    position (INNER + 1) * (MIDDLE - 1) + INNER, inner=-(INNER + 1)
    jnz 2b
    loop_close 1b
    window_close
    routine_return
routine_end cperf_nested_loops, nested-loops
#endif

// Outside of the guard: without this note even an empty object makes the whole program's stack executable.
.section .note.GNU-stack, "", %progbits
