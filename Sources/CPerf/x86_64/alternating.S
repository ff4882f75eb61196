// A branch that is taken in every other iteration: where an odd number of iterations remain.
#if defined(__linux__) && defined(__x86_64__)
#include "routine.h"

routine_begin cperf_alternating, per_iteration=2
    window_open
1:
    position 0
    test $1, %r8b
    jnz 2f
    position 1
    nop
2:
    loop_close 1b
    window_close
    routine_return
routine_end cperf_alternating, alternating
#endif

// Outside of the guard: without this note even an empty object makes the whole program's stack executable.
.section .note.GNU-stack, "", %progbits
