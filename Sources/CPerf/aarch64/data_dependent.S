// A branch whose direction is the bit that a generator drops: taken where the bit is 0. The generator is a Galois
// shift register of 12 bits with the polynomial x^12 + x^11 + x^10 + x^4 + 1, which is primitive: from any state
// but 0 it goes through all the 4095 that are not 0, as a test checks.
#if defined(__linux__) && defined(__aarch64__)
#include "routine.h"

routine_begin cperf_data_dependent, per_iteration=2
    mov w10, #1
    mov w13, #0xe08
    window_open
1:
    position 0
    tst w10, #1
    lsr w10, w10, #1
    b.eq 2f
    position 1
    eor w10, w10, w13
2:
    loop_close 1b
    window_close
    routine_return
routine_end cperf_data_dependent, data-dependent
#endif

// Outside of the guard: without this note even an empty object makes the whole program's stack executable.
.section .note.GNU-stack, "", %progbits
