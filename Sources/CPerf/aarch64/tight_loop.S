// The smallest loop there is: one branch in two instructions, taken all but the last time.
#if defined(__linux__) && defined(__aarch64__)
#include "routine.h"

routine_begin cperf_tight_loop, per_iteration=1
    window_open
1:
    loop_close 1b
    window_close
    routine_return
routine_end cperf_tight_loop, tight-loop
#endif

// Outside of the guard: without this note even an empty object makes the whole program's stack executable.
.section .note.GNU-stack, "", %progbits
