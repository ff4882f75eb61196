// The program that is recorded and replayed: segments of a loop, each ended by an event, as a generator draws them.
//
// It never returns, so no register is anybody's else. A system call clobbers %rax, %rcx and %r11; CPUID %rax, %rbx, %rcx
// and %rdx. Hence:
//   %r8   remaining: iterations of this segment not yet completed
//   %r9   segments not yet completed, this one included
//   %r12  the generator's state
//   %r13  the window
//   %r14  the code of this segment's event
//
// Conditional branches: two an iteration, and one behind each event. Taken branches: the loop's closing branch but the
// last time, its first branch where the remaining count is odd, the jump to the event, the jump from it, and the one
// that closes the program's own loop but the last time.
#if defined(__linux__) && defined(__x86_64__)

#define STATE 0
#define SEGMENTS 8
#define SHORTEST 16
#define SPAN 24
#define KINDS 32
#define PROCESS 40
#define GUARD 48
#define TARGETS 56

#define SYS_KILL 62
#define SYS_GETPPID 110
#define SYS_EXIT_GROUP 231
#define SIGUSR1 10

    .text
    .p2align 6
    .type cperf_recorded_program, @function
cperf_recorded_program:
    .cfi_startproc
    endbr64
    mov %rdi, %r13
    mov STATE(%r13), %r12
    mov SEGMENTS(%r13), %r9
    xor %r8d, %r8d
    // The tracer enables the counter here.
    mov $SYS_GETPPID, %eax
    syscall
.Lbegun:

.Lsegment:
    // SplitMix64: the next number, in %rdx.
    movabs $0x9e3779b97f4a7c15, %rax
    add %rax, %r12
    mov %r12, %rdx
    shr $30, %rdx
    xor %r12, %rdx
    movabs $0xbf58476d1ce4e5b9, %rax
    imul %rax, %rdx
    mov %rdx, %rcx
    shr $27, %rcx
    xor %rcx, %rdx
    movabs $0x94d049bb133111eb, %rax
    imul %rax, %rdx
    mov %rdx, %rcx
    shr $31, %rcx
    xor %rcx, %rdx
    // Its lower half chooses the event, its upper bits the length.
    mov %edx, %ecx
    imul KINDS(%r13), %rcx
    shr $32, %rcx
    mov TARGETS(%r13, %rcx, 8), %r14
    mov SPAN(%r13), %rax
    mul %rdx
    mov SHORTEST(%r13), %r8
    add %rdx, %r8

.Lloop:
    test $1, %r8b
.Lfirst_branch:
    jnz .Ljoin
    nop
.Ljoin:
    dec %r8
.Lsite:
    jnz .Lloop
.Lleft:
    jmp *%r14

.Lsystem_call_event:
    endbr64
    mov $SYS_GETPPID, %eax
    syscall
.Lsystem_call:
    jmp .Lnext

.Lsignal_event:
    endbr64
    mov PROCESS(%r13), %rdi
    mov $SIGUSR1, %esi
    mov $SYS_KILL, %eax
    syscall
.Lsignal_call:
    jmp .Lnext

.Lfault_event:
    endbr64
    mov GUARD(%r13), %rdi
.Lfault:
    movb $1, (%rdi)
.Lfault_passed:
    jmp .Lnext

.Lidentification_event:
    endbr64
    xor %eax, %eax
    xor %ecx, %ecx
.Lidentification:
    cpuid
.Lidentification_passed:
    jmp .Lnext

.Lnext:
    dec %r9
.Lclosing:
    jnz .Lsegment
    xor %edi, %edi
    mov $SYS_EXIT_GROUP, %eax
    syscall
.Lend:
    ud2
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
