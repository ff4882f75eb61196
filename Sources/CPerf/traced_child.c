#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "traced_child.h"

#include "interrupted_call.h"
#include "interruption.h"
#include "thread.h"

#include <elf.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static int result_or_error(long result) { return result < 0 ? -errno : (int)result; }

// The parent's handlers are addresses in its program, and would run its runtime. Ignored signals are inherited, too.
static void reset_signals(void) {
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigset_t none;
    for (int signal = 1; signal < _NSIG; signal++) sigaction(signal, &standard, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

__attribute__((noreturn)) static void run_child(const struct cperf_routine *routine, struct cperf_window *window,
                                                uint64_t iterations, struct cperf_child_report *report,
                                                pid_t parent) {
    // If the parent died before this line, the signal is never sent (prctl(2)).
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    // Out of the terminal's foreground group: Ctrl-C is for the tracer, which ends this child with itself.
    setpgid(0, 0);
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) {
        report->trace_error = errno;
        _exit(1);
    }
    reset_signals();
    raise(SIGSTOP);
    routine->run(window, iterations);
    _exit(0);
}

pid_t cperf_child_start(const struct cperf_routine *routine, struct cperf_window *window, uint64_t iterations,
                        struct cperf_child_report *report) {
    sigset_t all, before;
    pid_t parent = getpid();
    // No handler of the parent's may run in the child before it has reset them.
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    // CLONE_FILES: the parent opens events after this, and the child enables them by the same numbers.
    // The raw system call because fork(3) shares no descriptors and runs handlers of pthread_atfork(3).
    long child = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0L, 0L, 0L, 0L);
    if (child == 0) run_child(routine, window, iterations, report, parent);
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return child < 0 ? -error : (pid_t)child;
}

int cperf_child_set_options(pid_t child) {
    long options = PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD;
    return result_or_error(ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)options));
}

int cperf_child_continue(pid_t child, int signal) {
    return result_or_error(ptrace(PTRACE_CONT, child, NULL, (void *)(long)signal));
}

int cperf_child_continue_to_system_call(pid_t child) {
    return result_or_error(ptrace(PTRACE_SYSCALL, child, NULL, NULL));
}

static int wait_for(pid_t child, struct cperf_wait *result, int can_be_cut) {
    int status;
    pid_t waited;
    int tries = CPERF_INTERRUPTED_TRIES;
    do {
        if (can_be_cut && cperf_interruption()) return -ECANCELED;
        waited = waitpid(child, &status, __WALL);
    } while (waited < 0 && errno == EINTR && --tries > 0);
    if (waited < 0) return -errno;
    if (WIFEXITED(status)) {
        *result = (struct cperf_wait){CPERF_EXITED, WEXITSTATUS(status)};
    } else if (WIFSIGNALED(status)) {
        *result = (struct cperf_wait){CPERF_KILLED, WTERMSIG(status)};
    } else if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
        *result = (struct cperf_wait){CPERF_SYSTEM_CALL, 0};
    } else {
        *result = (struct cperf_wait){CPERF_STOPPED, WSTOPSIG(status)};
    }
    return 0;
}

int cperf_child_wait(pid_t child, struct cperf_wait *result) {
    cperf_cuttable_begin();
    int error = wait_for(child, result, 1);
    cperf_cuttable_end();
    return error;
}

// PTRACE_GETREGSET, because aarch64 has no PTRACE_GETREGS.
static int read_registers(pid_t child, struct user_regs_struct *user) {
    struct iovec vector = {user, sizeof *user};
    return result_or_error(ptrace(PTRACE_GETREGSET, child, (void *)(long)NT_PRSTATUS, &vector));
}

#if defined(__aarch64__)
static int write_registers(pid_t child, struct user_regs_struct *user) {
    struct iovec vector = {user, sizeof *user};
    return result_or_error(ptrace(PTRACE_SETREGSET, child, (void *)(long)NT_PRSTATUS, &vector));
}
#endif

int cperf_child_step(pid_t child) {
#if defined(__aarch64__)
    // A stepped svc stops twice: by the step that the kernel reports at the exit of a system call (report_syscall_exit() in
    // arch/arm64/kernel/ptrace.c), then by the CPU's own, which is still pending there. Writing the registers takes the
    // pending one back (user_regs_reset_single_step() in debug-monitors.c; kernel commit 3a5a4366cecc, Linux 5.8).
    struct user_regs_struct user;
    int result = read_registers(child, &user);
    if (result >= 0) result = write_registers(child, &user);
    if (result < 0) return result;
#endif
    return result_or_error(ptrace(PTRACE_SINGLESTEP, child, NULL, NULL));
}

int cperf_child_registers(pid_t child, struct cperf_child_registers *registers) {
    struct user_regs_struct user;
    int result = read_registers(child, &user);
    if (result < 0) return result;
#if defined(__x86_64__)
    *registers = (struct cperf_child_registers){
        .instruction_pointer = user.rip,
        .remaining = user.r8,
        .inner = user.r9,
        .counter = user.rcx,
        .system_call = user.rax,
        .first_argument = user.rdi,
        .second_argument = user.rsi,
    };
    return 0;
#elif defined(__aarch64__)
    *registers = (struct cperf_child_registers){
        .instruction_pointer = user.pc,
        .remaining = user.regs[9],
        .inner = user.regs[10],
        .counter = user.regs[11],
        .system_call = user.regs[8],
        .first_argument = user.regs[0],
        .second_argument = user.regs[1],
    };
    return 0;
#else
    memset(registers, 0, sizeof *registers);
    return -ENOSYS;
#endif
}

int cperf_child_move(pid_t child, uint64_t instruction_pointer) {
#if defined(__x86_64__)
    void *offset = (void *)offsetof(struct user, regs.rip);
    return result_or_error(ptrace(PTRACE_POKEUSER, child, offset, (void *)instruction_pointer));
#elif defined(__aarch64__)
    struct user_regs_struct user;
    int result = read_registers(child, &user);
    if (result < 0) return result;
    user.pc = instruction_pointer;
    return write_registers(child, &user);
#else
    (void)child;
    (void)instruction_pointer;
    return -ENOSYS;
#endif
}

ssize_t cperf_child_read(pid_t child, uint64_t address, void *bytes, size_t count) {
    struct iovec local = {bytes, count};
    struct iovec remote = {(void *)(uintptr_t)address, count};
    ssize_t result = process_vm_readv(child, &local, 1, &remote, 1, 0);
    return result < 0 ? -errno : result;
}

int cperf_child_pin(pid_t child, int cpu) { return cperf_bind(child, cpu); }

#if defined(__aarch64__)
#define BRK 0xd4200000u

static int64_t signed_field(uint32_t instruction, int low, int width) {
    return (int64_t)((uint64_t)(instruction >> low) << (64 - width)) >> (64 - width);
}

// Where an instruction may lead: Arm ARM (DDI 0487), C4.1, "Branches, Exception Generating and System instructions".
static int successors(const struct user_regs_struct *user, uint32_t instruction, uint64_t places[2]) {
    uint64_t here = user->pc;
    int64_t words = 0;
    places[0] = here + 4;
    if ((instruction & 0xfe000000u) == 0xd6000000u) {  // br, blr, ret
        unsigned number = instruction >> 5 & 31;
        if (number != 31) places[0] = user->regs[number];
        return 1;
    }
    if ((instruction & 0x7c000000u) == 0x14000000u) {  // b, bl
        places[0] = here + (uint64_t)(signed_field(instruction, 0, 26) * 4);
        return 1;
    }
    if ((instruction & 0xff000000u) == 0x54000000u || (instruction & 0x7e000000u) == 0x34000000u)
        words = signed_field(instruction, 5, 19);  // b.cond, cbz, cbnz
    else if ((instruction & 0x7e000000u) == 0x36000000u)
        words = signed_field(instruction, 5, 14);  // tbz, tbnz
    places[1] = here + (uint64_t)(words * 4);
    return words == 0 || places[1] == places[0] ? 1 : 2;
}

// The instruction at an address; ptrace moves words of 8 bytes, and an address of any alignment will do.
static int exchange(pid_t child, uint64_t address, uint32_t instruction, uint32_t *before) {
    errno = 0;
    uint64_t word = (uint64_t)ptrace(PTRACE_PEEKTEXT, child, (void *)address, NULL);
    if (errno != 0) return -errno;
    *before = (uint32_t)word;
    word = (word & ~(uint64_t)UINT32_MAX) | instruction;
    return result_or_error(ptrace(PTRACE_POKETEXT, child, (void *)address, (void *)word));
}

int cperf_child_step_off_breakpoint(pid_t child, struct cperf_wait *result) {
    struct user_regs_struct user;
    uint64_t places[2];
    uint32_t before[2], instruction;
    int error = read_registers(child, &user), set = 0;
    if (error < 0) return error;
    ssize_t got = cperf_child_read(child, user.pc, &instruction, sizeof instruction);
    if (got != sizeof instruction) return got < 0 ? (int)got : -EFAULT;
    int count = successors(&user, instruction, places);
    error = 0;
    while (set < count && error >= 0) {
        error = exchange(child, places[set], BRK, &before[set]);
        if (error >= 0) set++;
    }
    if (error >= 0) error = cperf_child_step(child);
    if (error >= 0) error = cperf_child_wait(child, result);
    // Where it has ended meanwhile there is nothing to be put back.
    while (set > 0 && (error < 0 || result->kind == CPERF_STOPPED || result->kind == CPERF_SYSTEM_CALL)) {
        uint32_t ours;
        set--;
        int restored = exchange(child, places[set], before[set], &ours);
        if (error >= 0 && restored < 0) error = restored;
    }
    return error;
}
#else
int cperf_child_step_off_breakpoint(pid_t child, struct cperf_wait *result) {
    int error = cperf_child_step(child);
    return error < 0 ? error : cperf_child_wait(child, result);
}
#endif

int cperf_child_kill(pid_t child) {
    struct cperf_wait result;
    if (kill(child, SIGKILL) != 0) return -errno;
    do {
        int error = wait_for(child, &result, 0);
        if (error != 0) return error;
    } while (result.kind == CPERF_STOPPED);
    return 0;
}
