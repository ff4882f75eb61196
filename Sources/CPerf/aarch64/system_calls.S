// A cheap system call without arguments (getppid) between two branches, in every iteration.
#if defined(__linux__) && defined(__aarch64__)
#include "routine.h"

routine_begin cperf_system_calls, per_iteration=2
    window_open
1:
    position 0
    tbnz x9, #0, 2f
    position 1
    nop
2:
    position 1
    mov x8, #SYS_GETPPID
    svc #0
    loop_close 1b
    window_close
    routine_return
routine_end cperf_system_calls, system-calls
#endif

// Outside of the guard: without this note even an empty object makes the whole program's stack executable.
.section .note.GNU-stack, "", %progbits
