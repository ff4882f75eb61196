// What the x86-64 workloads share: the window around them and the rows of their position tables.
//
// Registers. When a PMI interrupts the kernel, only ip, sp, ax, cx, dx, si, di and r8-r11 of user space can be
// sampled; bx, bp and r12-r15 read as -1 (perf_get_regs_user, arch/x86/kernel/perf_regs.c). A system call clobbers
// ax, cx and r11. Hence:
//   %r8   remaining: iterations not yet completed, counts down to 0
//   %r9   inner: an inner count, or a generator's state
//   %rcx  counter: only where `loop` and `jrcxz` leave no choice, or a third count is needed
//   %r10  the window (a fourth argument of system calls, which ioctl does not have)
// Nothing here is callee-saved, so the routines need no stack of their own.

#define SAMPLER 0
#define COUNTER 8
#define RESULTS 16
#define MEMORY 48
#define LEAVE 56
#define ROW_SIZE 40

#define SYS_IOCTL 16
#define SYS_MADVISE 28
#define SYS_GETPPID 110
#define ENABLE 0x2400
#define DISABLE 0x2401

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
// (n - %r8) last changed.
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
    endbr64
    mov %rdi, %r10
    mov %rsi, %r8
    xor %r9d, %r9d
.endm

.macro event_ioctl descriptor, request, result
    mov \descriptor(%r10), %rdi
    mov $\request, %esi
    xor %edx, %edx
    mov $SYS_IOCTL, %eax
    syscall
    mov %rax, RESULTS + 8 * \result(%r10)
.endm

// The counter counts the last instruction of this, the store of the result: 1 instruction. Why the sampler is left out
// as it is: workload.h.
.macro window_open
    lea .Lwindow_left(%rip), %rax
    mov %rax, LEAVE(%r10)
    // In nobody's window: nothing is enabled yet.
    cmpq $0, SAMPLER(%r10)
    jl .Lenable_counter
    lea .Ldisable_sampler(%rip), %rax
    mov %rax, LEAVE(%r10)
    event_ioctl SAMPLER, ENABLE, 0
.Lenable_counter:
    event_ioctl COUNTER, ENABLE, 1
.endm

// The last two instructions of an iteration, and the end of the loop.
.macro loop_close target
    position .Lper_iteration - 1, second_site=1, unconditional=.Lunconditional
.Lother_site:
    dec %r8
    position -1
.Lsite:
    jnz \target
    table_row 1, 0, 0, .Lper_iteration, 0, 0, 0, 0
.endm

// The counter counts up to the first system call of this, that included: 5 instructions.
.macro window_close
    event_ioctl COUNTER, DISABLE, 2
    // The sampler, if there is one, counts this jump: it is no conditional branch.
    jmp *LEAVE(%r10)
.Ldisable_sampler:
    table_row 1, 0, 0, .Lper_iteration, 0, 0, 0, 0, 1
    endbr64
    event_ioctl SAMPLER, DISABLE, 3
.Lwindow_left:
    endbr64
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
