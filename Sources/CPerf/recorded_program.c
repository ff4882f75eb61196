#define _GNU_SOURCE
#include "include/recorded_program.h"

#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <unistd.h>

_Static_assert(offsetof(struct cperf_recorded_window, segments) == 8, "the assembly says SEGMENTS 8");
_Static_assert(offsetof(struct cperf_recorded_window, shortest) == 16, "the assembly says SHORTEST 16");
_Static_assert(offsetof(struct cperf_recorded_window, span) == 24, "the assembly says SPAN 24");
_Static_assert(offsetof(struct cperf_recorded_window, kinds) == 32, "the assembly says KINDS 32");
_Static_assert(offsetof(struct cperf_recorded_window, process) == 40, "the assembly says PROCESS 40");
_Static_assert(offsetof(struct cperf_recorded_window, guard) == 48, "the assembly says GUARD 48");
_Static_assert(offsetof(struct cperf_recorded_window, targets) == 56, "the assembly says TARGETS 56");
_Static_assert(offsetof(struct cperf_recorded_code, length) == 8, "the assembly writes the table in this order");
_Static_assert(sizeof(struct cperf_recorded_code) == 88, "the assembly writes the table in this order");

static int result_or_error(long result) { return result < 0 ? -errno : 0; }

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
extern const struct cperf_recorded_code cperf_recorded_program_code;
const struct cperf_recorded_code *cperf_recorded_code(void) { return &cperf_recorded_program_code; }
#else
const struct cperf_recorded_code *cperf_recorded_code(void) { return NULL; }
#endif

#if defined(__x86_64__)
#define ARCH_SET_CPUID 0x1012 // asm/prctl.h, which not every C library's headers have

static int set_identification(long allowed) {
    return result_or_error(syscall(SYS_arch_prctl, ARCH_SET_CPUID, allowed));
}
#else
static int set_identification(long allowed) {
    (void)allowed;
    return -ENOSYS;
}
#endif

int cperf_identification_faults(void) {
    // It is a property of the thread, and nothing here executes CPUID before it is allowed again.
    int refused = set_identification(0);
    return refused != 0 ? refused : set_identification(1);
}

static void run(struct cperf_window *shared, uint64_t unused) {
    struct cperf_recorded_window *window = (struct cperf_recorded_window *)shared;
    (void)unused;
    window->process = getpid();
    if (window->wants_identification_faults) window->identification_result = set_identification(0);
    const struct cperf_recorded_code *code = cperf_recorded_code();
    if (code) code->run(window);
}

pid_t cperf_recorded_start(struct cperf_recorded_window *window, struct cperf_child_report *report) {
    static const struct cperf_routine routine = {.name = "recorded-program", .run = run};
    // Only `run` looks into the window.
    return cperf_child_start(&routine, (struct cperf_window *)window, 1, report);
}

int cperf_recorded_set_options(pid_t child) {
    long options = PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD;
    return result_or_error(ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)options));
}

int cperf_recorded_resume(pid_t child, int signal) {
    return result_or_error(ptrace(PTRACE_SYSCALL, child, NULL, (void *)(long)signal));
}

int cperf_recorded_read_registers(pid_t child, struct cperf_recorded_registers *registers) {
#if defined(__x86_64__) || defined(__aarch64__)
    struct user_regs_struct user;
    struct iovec vector = {&user, sizeof user};
    if (ptrace(PTRACE_GETREGSET, child, (void *)(long)NT_PRSTATUS, &vector) != 0) return -errno;
#endif
#if defined(__x86_64__)
    *registers = (struct cperf_recorded_registers){user.rip, user.r8, user.r9, user.r12};
    return 0;
#elif defined(__aarch64__)
    *registers = (struct cperf_recorded_registers){user.pc, user.regs[9], user.regs[10], user.regs[20]};
    return 0;
#else
    (void)child;
    memset(registers, 0, sizeof *registers);
    return -ENOSYS;
#endif
}

int cperf_recorded_move(pid_t child, uint64_t instruction_pointer) {
#if defined(__x86_64__)
    void *offset = (void *)offsetof(struct user, regs.rip);
    return result_or_error(ptrace(PTRACE_POKEUSER, child, offset, (void *)instruction_pointer));
#elif defined(__aarch64__)
    struct user_regs_struct user;
    struct iovec vector = {&user, sizeof user};
    if (ptrace(PTRACE_GETREGSET, child, (void *)(long)NT_PRSTATUS, &vector) != 0) return -errno;
    user.pc = instruction_pointer;
    return result_or_error(ptrace(PTRACE_SETREGSET, child, (void *)(long)NT_PRSTATUS, &vector));
#else
    (void)child;
    (void)instruction_pointer;
    return -ENOSYS;
#endif
}
