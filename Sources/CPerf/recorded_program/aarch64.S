// The program that is recorded and replayed: segments of a loop, each ended by an event, as a generator draws them.
//
// It never returns, so no register is anybody's else. A system call changes x0 only. Hence:
//   x9    remaining: iterations of this segment not yet completed
//   x10   segments not yet completed, this one included
//   x20   the generator's state
//   x21   the window
//   x22   the code of this segment's event
//
// Conditional branches: two an iteration, and one behind each event. Taken branches: the loop's closing branch but the
// last time, its first branch where the remaining count is odd, the jump to the event, the jump from it, and the one
// that closes the program's own loop but the last time.
#if defined(__linux__) && defined(__aarch64__)

#define STATE 0
#define SEGMENTS 8
#define SHORTEST 16
#define SPAN 24
#define KINDS 32
#define PROCESS 40
#define GUARD 48
#define TARGETS 56

#define SYS_EXIT_GROUP 94
#define SYS_KILL 129
#define SYS_GETPPID 173
#define SIGUSR1 10

// `bti c` and `bti j` by their numbers in the space of hints: nothing on a CPU without them.
#define BTI_C hint #34
#define BTI_J hint #36

.macro constant register, fourth, third, second, first
    movz \register, #\first
    movk \register, #\second, lsl #16
    movk \register, #\third, lsl #32
    movk \register, #\fourth, lsl #48
.endm

    .text
    .p2align 6
    .type cperf_recorded_program, @function
cperf_recorded_program:
    .cfi_startproc
    BTI_C
    mov x21, x0
    ldr x20, [x21, #STATE]
    ldr x10, [x21, #SEGMENTS]
    mov x9, #0
    // The tracer enables the counter here.
    mov x8, #SYS_GETPPID
    svc #0
.Lbegun:

.Lsegment:
    // SplitMix64: the next number, in x2.
    constant x1, 0x9e37, 0x79b9, 0x7f4a, 0x7c15
    add x20, x20, x1
    eor x2, x20, x20, lsr #30
    constant x1, 0xbf58, 0x476d, 0x1ce4, 0xe5b9
    mul x2, x2, x1
    eor x2, x2, x2, lsr #27
    constant x1, 0x94d0, 0x49bb, 0x1331, 0x11eb
    mul x2, x2, x1
    eor x2, x2, x2, lsr #31
    // Its lower half chooses the event, its upper bits the length.
    mov w3, w2
    ldr x1, [x21, #KINDS]
    mul x3, x3, x1
    lsr x3, x3, #32
    add x4, x21, #TARGETS
    ldr x22, [x4, x3, lsl #3]
    ldr x1, [x21, #SPAN]
    umulh x2, x2, x1
    ldr x9, [x21, #SHORTEST]
    add x9, x9, x2

.Lloop:
.Lfirst_branch:
    tbnz x9, #0, .Ljoin
    nop
.Ljoin:
    sub x9, x9, #1
.Lsite:
    cbnz x9, .Lloop
.Lleft:
    br x22

.Lsystem_call_event:
    BTI_J
    mov x8, #SYS_GETPPID
    svc #0
.Lsystem_call:
    b .Lnext

.Lsignal_event:
    BTI_J
    ldr x0, [x21, #PROCESS]
    mov x1, #SIGUSR1
    mov x8, #SYS_KILL
    svc #0
.Lsignal_call:
    b .Lnext

.Lfault_event:
    BTI_J
    ldr x0, [x21, #GUARD]
.Lfault:
    strb wzr, [x0]
.Lfault_passed:
    b .Lnext

// There is no instruction of this kind that can be made to fault: nothing leads here.
.Lidentification_event:
    BTI_J
.Lidentification:
    nop
.Lidentification_passed:
    b .Lnext

.Lnext:
    sub x10, x10, #1
.Lclosing:
    cbnz x10, .Lsegment
    mov x0, #0
    mov x8, #SYS_EXIT_GROUP
    svc #0
.Lend:
    udf #0
    .cfi_endproc
    .size cperf_recorded_program, . - cperf_recorded_program

    .section .data.rel.ro, "aw", @progbits
    .p2align 3
    .globl cperf_recorded_program_code
    .hidden cperf_recorded_program_code
    .type cperf_recorded_program_code, @object
cperf_recorded_program_code:
    .quad cperf_recorded_program
.irp place, .Lend, .Lbegun, .Lsegment, .Lloop, .Lfirst_branch, .Lsite, .Lleft, .Lsystem_call_event, .Lsignal_event, \
    .Lfault_event, .Lidentification_event, .Lsystem_call, .Lsignal_call, .Lfault, .Lfault_passed, .Lidentification, \
    .Lidentification_passed, .Lnext, .Lclosing, .Lend
    .long \place - cperf_recorded_program
.endr
    .size cperf_recorded_program_code, . - cperf_recorded_program_code
#endif

// Outside of the guard: without this note even an empty object makes the whole program's stack executable.
.section .note.GNU-stack, "", %progbits
