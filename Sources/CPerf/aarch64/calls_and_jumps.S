// Calls, returns and jumps of every kind between the conditional branches: 4 of these, each taken where its bit of
// the remaining count is 0, beside 3 calls, 3 returns and 3 jumps. aarch64 has no jumps through memory: the address
// is loaded first.
//
// The callees are functions of their own for debuggers and profilers, but lie inside the routine's length.
#if defined(__linux__) && defined(__aarch64__)
#include "routine.h"

// Skips a nop where the bit is 0. `before`, `unconditional`: branches retired in this iteration so far.
.macro branch_on_bit bit, before, unconditional
    position \before, unconditional=\unconditional
    tbz x9, #\bit, .Lskip\@
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
    BTI_C
    branch_on_bit \bit, \before, \unconditional
    ret
    .cfi_endproc
    .size \label, . - \label
.endm

routine_begin cperf_calls_and_jumps, per_iteration=5, unconditional=9
    // The calls overwrite the link register. x14 is the caller's to lose, and the kernel preserves it.
    mov x14, x30
    .cfi_register x30, x14
    adr x13, .Laddresses
    window_open
1:
    position 0
    bl cperf_direct_callee
    position 1, unconditional=2
    adr x15, cperf_register_callee
    blr x15
    position 2, unconditional=4
    adr x15, cperf_second_register_callee
    blr x15
    position 3, unconditional=6
    b 2f
    nop
2:
    position 3, unconditional=7
    adr x15, 3f
    br x15
    nop
3:
    position 3, unconditional=8
    BTI_J
    branch_on_bit 3, 3, 8
    ldrsw x15, [x13]
    add x15, x15, x13
    br x15
    nop
.Lafter_memory_jump:
    position 4, unconditional=9
    BTI_J
    loop_close 1b
    window_close
    mov x30, x14
    .cfi_restore x30
    routine_return
    .set .Lroutine_size, . - .Lroutine

    callee cperf_direct_callee, 0, 0, 1
    callee cperf_register_callee, 1, 1, 3
    callee cperf_second_register_callee, 2, 2, 5

.Laddresses:
    .long .Lafter_memory_jump - .Laddresses
routine_end cperf_calls_and_jumps, calls-and-jumps
#endif

// Outside of the guard: without this note even an empty object makes the whole program's stack executable.
.section .note.GNU-stack, "", %progbits
