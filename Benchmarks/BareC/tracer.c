#define _GNU_SOURCE
#include "tracer.h"

#include <elf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

// truecount's segment, instruction for instruction, and a store that faults.
#if defined(__x86_64__)
__asm__(".text\n"
        ".type bare_segment, @function\n"
        "bare_segment:\n"
        "1:  test $1, %dil\n"
        "    jnz 2f\n"
        "    nop\n"
        "2:  dec %rdi\n"
        ".Lbare_traced_site:\n"
        "    jnz 1b\n"
        "    ret\n"
        ".type bare_fault, @function\n"
        "bare_fault:\n"
        "    movb $1, (%rdi)\n"
        "    ret\n");
#define FAULT_LENGTH 3

uintptr_t bare_traced_site(void) {
    uintptr_t site;
    __asm__("lea .Lbare_traced_site(%%rip), %0" : "=r"(site));
    return site;
}
#elif defined(__aarch64__)
__asm__(".text\n"
        ".type bare_segment, %function\n"
        "bare_segment:\n"
        "1:  tbnz x0, #0, 2f\n"
        "    nop\n"
        "2:  sub x0, x0, #1\n"
        ".Lbare_traced_site:\n"
        "    cbnz x0, 1b\n"
        "    ret\n"
        ".type bare_fault, %function\n"
        "bare_fault:\n"
        "    strb wzr, [x0]\n"
        "    ret\n");
#define FAULT_LENGTH 4

uintptr_t bare_traced_site(void) {
    uintptr_t site;
    __asm__("adr %0, .Lbare_traced_site" : "=r"(site));
    return site;
}
#endif

void bare_segment(uint64_t iterations);
void bare_fault(void *page);

static uint64_t split_mix(uint64_t *state) {
    uint64_t mixed = *state += 0x9E3779B97F4A7C15;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
}

static _Noreturn void run(uint64_t segments, uint64_t seed, void *page) {
    // A worker thread of the benchmark's has blocked the signals, and its child would never get its own.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    pid_t self = getpid();
    raise(SIGSTOP);
    for (; segments > 0; segments--) {
        uint64_t number = split_mix(&seed);
        bare_segment(1);
        switch ((number & 0xFFFFFFFF) * 3 >> 32) {
        case 0: syscall(SYS_getppid); break;
        case 1: syscall(SYS_kill, self, SIGUSR1); break;
        default: bare_fault(page);
        }
    }
    _exit(0);
}

static int registers_of(pid_t child, struct user_regs_struct *registers) {
    struct iovec vector = {registers, sizeof *registers};
    return ptrace(PTRACE_GETREGSET, child, (void *)(long)NT_PRSTATUS, &vector) != 0 ? -errno : 0;
}

static int pass_fault(pid_t child, struct user_regs_struct *registers) {
#if defined(__x86_64__)
    void *offset = (void *)offsetof(struct user, regs.rip);
    return ptrace(PTRACE_POKEUSER, child, offset, (void *)(registers->rip + FAULT_LENGTH)) != 0 ? -errno : 0;
#else
    struct iovec vector = {registers, sizeof *registers};
    registers->pc += FAULT_LENGTH;
    return ptrace(PTRACE_SETREGSET, child, (void *)(long)NT_PRSTATUS, &vector) != 0 ? -errno : 0;
#endif
}

#if defined(__x86_64__)
#define CALL(registers) ((registers).orig_rax)
#else
#define CALL(registers) ((registers).regs[8])
#endif

static int follow(pid_t child, int counter, uint64_t *sum) {
    struct user_regs_struct registers;
    uint64_t reading[3];
    int status, is_inside = 0;
    for (;;) {
        if (ptrace(PTRACE_SYSCALL, child, NULL, NULL) != 0 || waitpid(child, &status, __WALL) < 0)
            return -errno;
        if (WIFEXITED(status))
            return WEXITSTATUS(status) == 0 ? 0 : -EIO;
        if (!WIFSTOPPED(status))
            return -EIO;
        int stop = WSTOPSIG(status);
        if (stop == SIGTRAP)
            continue;
        if (stop == (SIGTRAP | 0x80) && !(is_inside = !is_inside))
            continue;
        if (registers_of(child, &registers) != 0)
            return -errno;
        if (stop == (SIGTRAP | 0x80) && CALL(registers) == SYS_kill)
            continue;
        if (read(counter, reading, sizeof reading) != sizeof reading)
            return -EIO;
        *sum += reading[0];
        if (stop == SIGSEGV && pass_fault(child, &registers) != 0)
            return -errno;
    }
}

int bare_trace(const void *attributes, uint64_t segments, uint64_t seed, uint64_t *sum) {
    int status, result;
    void *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return -errno;
    pid_t child = fork();
    if (child == 0)
        run(segments, seed, page);
    if (child < 0 || waitpid(child, &status, __WALL) < 0)
        return -errno;
    if (ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(long)(PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD)) != 0)
        return -errno;
    int counter = (int)syscall(SYS_perf_event_open, attributes, child, -1, -1, PERF_FLAG_FD_CLOEXEC);
    *sum = 0;
    if (counter < 0 || ioctl(counter, PERF_EVENT_IOC_ENABLE, 0) != 0)
        result = -errno;
    else
        result = follow(child, counter, sum);
    if (counter >= 0)
        close(counter);
    munmap(page, 4096);
    return result;
}
