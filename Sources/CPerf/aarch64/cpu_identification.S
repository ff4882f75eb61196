// An instruction that traps into the kernel, which emulates it (mrs of MIDR_EL1, HWCAP_CPUID), between two branches.
#if defined(__linux__) && defined(__aarch64__)
#include "routine.h"

routine_begin cperf_cpu_identification, per_iteration=2
    window_open
1:
    position 0
    tbnz x9, #0, 2f
    position 1
    nop
2:
    position 1
    mrs x0, midr_el1
    loop_close 1b
    window_close
    routine_return
routine_end cperf_cpu_identification, cpu-identification
#endif

// Outside of the guard: without this note even an empty object makes the whole program's stack executable.
.section .note.GNU-stack, "", %progbits
