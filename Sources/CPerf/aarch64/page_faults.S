// A page fault in every iteration: madvise(MADV_DONTNEED) takes the page away, the store faults it in again.
#if defined(__linux__) && defined(__aarch64__)
#include "routine.h"

#define MADV_DONTNEED 4

routine_begin cperf_page_faults, per_iteration=2
    window_open
    ldr x13, [x12, #MEMORY]
    mov x1, #1
    mov x2, #MADV_DONTNEED
1:
    position 0
    tbnz x9, #0, 2f
    position 1
    nop
2:
    position 1
    // A length of 1 is rounded up to the page, whatever its size (madvise(2)).
    mov x0, x13
    mov x8, #SYS_MADVISE
    svc #0
    strb wzr, [x13]
    loop_close 1b
    window_close
    routine_return
routine_end cperf_page_faults, page-faults
#endif

// Outside of the guard: without this note even an empty object makes the whole program's stack executable.
.section .note.GNU-stack, "", %progbits
