// An instruction that a hypervisor always intercepts (cpuid) between two branches. VMware has lost conditional
// branches at it (rr issue 4079).
#if defined(__linux__) && defined(__x86_64__)
#include "routine.h"

routine_begin cperf_cpu_identification, per_iteration=2
    window_open
    // cpuid writes %ebx, which is the caller's; no system call inside the loop clobbers %r11.
    mov %rbx, %r11
    .cfi_register %rbx, %r11
1:
    position 0
    test $1, %r8b
    jnz 2f
    position 1
    nop
2:
    position 1
    xor %eax, %eax
    xor %ecx, %ecx
    cpuid
    loop_close 1b
    mov %r11, %rbx
    .cfi_restore %rbx
    window_close
    routine_return
routine_end cperf_cpu_identification, cpu-identification
#endif

// Outside of the guard: without this note even an empty object makes the whole program's stack executable.
.section .note.GNU-stack, "", %progbits
