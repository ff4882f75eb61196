// What the aarch64 workloads share: the window around them and the rows of their position tables.
//
// Registers. A system call changes x0 only, and a PMI that interrupts the kernel finds all of user space's saved.
//   x9    remaining: iterations not yet completed, counts down to 0
//   x10   inner: an inner count, or a generator's state
//   x11   counter: a third count
//   x12   the window
// None of them is callee-saved, so the routines need no stack of their own, save where they call.

#define SAMPLER 0
#define COUNTER 8
#define RESULTS 16
#define MEMORY 48
#define LEAVE 56
#define ROW_SIZE 40

#define SYS_IOCTL 29
#define SYS_GETPPID 173
#define SYS_MADVISE 233
#define ENABLE 0x2400
#define DISABLE 0x2401

// `bti c` and `bti j` by their numbers in the space of hints: nothing on a CPU without them.
#define BTI_C hint #34
#define BTI_J hint #36

// One row of the table, for the instructions from here to the next row.
.macro table_row iterations, remaining, branches, per_iteration, inner, counter, site, second_site, unconditional=0
.Lrow\@:
    .pushsection .rodata.cperf_positions, "a", @progbits
    .long .Lrow\@ - .Lroutine
    .long \iterations, \remaining, \branches, \per_iteration, \inner, \counter, \site, \second_site
    .long \unconditional
    .popsection
.endm

// Inside the loop: `branches` (conditional ones) and `unconditional` ones retired since the count of completed iterations
// (n - x9) last changed.
.macro position branches, inner=0, counter=0, second_site=0, unconditional=0
    table_row 1, -1, (\branches), .Lper_iteration, (\inner), (\counter), 0, (\second_site), (\unconditional)
.endm

// Starts a routine. What it sets up before window_open runs uncounted.
.macro routine_begin symbol, per_iteration, unconditional=0
    .set .Lper_iteration, \per_iteration
    .set .Lunconditional, \unconditional
    .pushsection .rodata.cperf_positions, "a", @progbits
    .p2align 2
.Lrows:
    .popsection
    .text
    .p2align 6
    .globl \symbol
    .hidden \symbol
    .type \symbol, @function
\symbol:
.Lroutine:
    .cfi_startproc
    table_row 0, 0, 0, 0, 0, 0, 0, 0
    BTI_C
    mov x12, x0
    mov x9, x1
    mov x10, #0
    mov x11, #0
.endm

.macro event_ioctl descriptor, request, result
    ldr x0, [x12, #\descriptor]
    mov x1, #\request
    mov x2, #0
    mov x8, #SYS_IOCTL
    svc #0
    str x0, [x12, #(RESULTS + 8 * \result)]
.endm

// The counter counts the last instruction of this, the store of the result: 1 instruction. Why the sampler is left out
// as it is: workload.h.
.macro window_open
    adr x0, .Lwindow_left
    str x0, [x12, #LEAVE]
    // In nobody's window: nothing is enabled yet.
    ldr x0, [x12, #SAMPLER]
    tbnz x0, #63, .Lenable_counter
    adr x0, .Ldisable_sampler
    str x0, [x12, #LEAVE]
    event_ioctl SAMPLER, ENABLE, 0
.Lenable_counter:
    event_ioctl COUNTER, ENABLE, 1
.endm

// The last two instructions of an iteration, and the end of the loop.
.macro loop_close target
    position .Lper_iteration - 1, second_site=1, unconditional=.Lunconditional
.Lother_site:
    sub x9, x9, #1
    position -1
.Lsite:
    cbnz x9, \target
    table_row 1, 0, 0, .Lper_iteration, 0, 0, 0, 0
.endm

// The counter counts up to the first system call of this, that included: 5 instructions.
.macro window_close
    event_ioctl COUNTER, DISABLE, 2
    // The sampler, if there is one, counts this jump: it is no conditional branch.
    ldr x0, [x12, #LEAVE]
    br x0
.Ldisable_sampler:
    table_row 1, 0, 0, .Lper_iteration, 0, 0, 0, 0, 1
    BTI_J
    event_ioctl SAMPLER, DISABLE, 3
.Lwindow_left:
    BTI_J
.endm

.macro routine_return
    ret
    .cfi_endproc
.endm

// Ends a routine and describes it to the rest of the program (struct cperf_routine).
.macro routine_end symbol, name
    .ifndef .Lroutine_size
    .set .Lroutine_size, . - .Lroutine
    .endif
    .size \symbol, .Lroutine_size
.Lroutine_end:
    .pushsection .rodata.cperf_positions, "a", @progbits
.Lrows_end:
    .popsection
    .pushsection .rodata.cperf_names, "a", @progbits
.Lname:
    .asciz "\name"
    .popsection
    .pushsection .data.rel.ro, "aw", @progbits
    .p2align 3
    .globl \symbol\()_routine
    .hidden \symbol\()_routine
    .type \symbol\()_routine, @object
\symbol\()_routine:
    .quad .Lname
    .quad \symbol
    .quad .Lrows
    .long (.Lrows_end - .Lrows) / ROW_SIZE
    .long .Lroutine_end - .Lroutine
    .long .Lsite - .Lroutine
    .long .Lother_site - .Lroutine
    .size \symbol\()_routine, . - \symbol\()_routine
    .popsection
    .section .note.GNU-stack, "", @progbits
.endm
