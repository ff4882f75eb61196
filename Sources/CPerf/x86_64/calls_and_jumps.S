// Calls, returns and jumps of every kind between the conditional branches: 4 of these, each taken where its bit of
// the remaining count is 0, beside 3 calls, 3 returns and 3 jumps.
//
// The callees are functions of their own for debuggers and profilers, but lie inside the routine's length.
#if defined(__linux__) && defined(__x86_64__)
#include "routine.h"

// Skips a nop where the bit is 0. `before`, `unconditional`: branches retired in this iteration so far.
.macro branch_on_bit bit, before, unconditional
    position \before, unconditional=\unconditional
    test $(1 << \bit), %r8b
    jz .Lskip\@
    position \before + 1, unconditional=\unconditional
    nop
.Lskip\@:
    position \before + 1, unconditional=\unconditional
.endm

.macro callee label, bit, before, unconditional
    .type \label, @function
\label:
    .cfi_startproc
    position \before, unconditional=\unconditional
    endbr64
    branch_on_bit \bit, \before, \unconditional
    ret
    .cfi_endproc
    .size \label, . - \label
.endm

routine_begin cperf_calls_and_jumps, per_iteration=5, unconditional=9
    window_open
1:
    position 0
    call cperf_direct_callee
    position 1, unconditional=2
    lea cperf_register_callee(%rip), %rax
    call *%rax
    position 2, unconditional=4
    call *.Lmemory_callee(%rip)
    position 3, unconditional=6
    jmp 2f
    nop
2:
    position 3, unconditional=7
    lea 3f(%rip), %rax
    jmp *%rax
    nop
3:
    position 3, unconditional=8
    endbr64
    branch_on_bit 3, 3, 8
    jmp *.Lmemory_target(%rip)
    nop
.Lafter_memory_jump:
    position 4, unconditional=9
    endbr64
    loop_close 1b
    window_close
    routine_return
    .set .Lroutine_size, . - .Lroutine

    callee cperf_direct_callee, 0, 0, 1
    callee cperf_register_callee, 1, 1, 3
    callee cperf_memory_callee, 2, 2, 5

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
