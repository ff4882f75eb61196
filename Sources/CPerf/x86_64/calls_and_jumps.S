// Calls, returns and jumps of every kind between the conditional branches: 4 of these, each taken where its bit of
// the remaining count is 0, beside 3 calls, 3 returns and 3 jumps.
//
// The callees are functions of their own for debuggers and profilers, but lie inside the routine's length.
#if defined(__linux__) && defined(__x86_64__)
#include "routine.h"

// Skips a nop where the bit is 0. `before`: branches retired in this iteration so far.
.macro branch_on_bit bit, before
    position \before
    test $(1 << \bit), %r8b
    jz .Lskip\@
    position \before + 1
    nop
.Lskip\@:
    position \before + 1
.endm

.macro callee label, bit, before
    .type \label, @function
\label:
    .cfi_startproc
    position \before
    endbr64
    branch_on_bit \bit, \before
    ret
    .cfi_endproc
    .size \label, . - \label
.endm

routine_begin cperf_calls_and_jumps, per_iteration=5
    window_open
1:
    position 0
    call cperf_direct_callee
    position 1
    lea cperf_register_callee(%rip), %rax
    call *%rax
    position 2
    call *.Lmemory_callee(%rip)
    position 3
    jmp 2f
    nop
2:
    lea 3f(%rip), %rax
    jmp *%rax
    nop
3:
    endbr64
    branch_on_bit 3, 3
    jmp *.Lmemory_target(%rip)
    nop
.Lafter_memory_jump:
    endbr64
    loop_close 1b
    window_close
    routine_return
    .set .Lroutine_size, . - .Lroutine

    callee cperf_direct_callee, 0, 0
    callee cperf_register_callee, 1, 1
    callee cperf_memory_callee, 2, 2

    .pushsection .data.rel.ro, "aw", @progbits
    .p2align 3
.Lmemory_callee:
    .quad cperf_memory_callee
.Lmemory_target:
    .quad .Lafter_memory_jump
    .popsection
routine_end cperf_calls_and_jumps, calls-and-jumps
#endif

// Outside of the guard: without this note even an empty object makes the whole program's stack executable.
.section .note.GNU-stack, "", %progbits
