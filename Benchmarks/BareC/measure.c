#define _GNU_SOURCE // sched_setaffinity
#include "bare.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// In assembly, so that it is truecount's tight-loop instruction for instruction and no compiler unrolls it.
#if defined(__x86_64__)
__asm__(".text\n"
        ".p2align 6\n"
        ".globl bare_loop\n"
        ".type bare_loop, @function\n"
        "bare_loop:\n"
        "1:  dec %rdi\n"
        ".Lbare_site:\n"
        "    jnz 1b\n"
        "    ret\n"
        ".size bare_loop, . - bare_loop\n");

uintptr_t bare_loop_site(void) {
    uintptr_t site;
    __asm__("lea .Lbare_site(%%rip), %0" : "=r"(site));
    return site;
}
#elif defined(__aarch64__)
__asm__(".text\n"
        ".p2align 6\n"
        ".globl bare_loop\n"
        ".type bare_loop, %function\n"
        "bare_loop:\n"
        "1:  subs x0, x0, #1\n"
        ".Lbare_site:\n"
        "    b.ne 1b\n"
        "    ret\n"
        ".size bare_loop, . - bare_loop\n");

uintptr_t bare_loop_site(void) {
    uintptr_t site;
    __asm__("adr %0, .Lbare_site" : "=r"(site));
    return site;
}
#endif

int bare_open(const void *attributes) {
    long result = syscall(SYS_perf_event_open, attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
    return result < 0 ? -errno : (int)result;
}

void bare_close(int descriptor) { close(descriptor); }

int bare_measure(int descriptor, uint64_t iterations, struct bare_reading *reading) {
    if (ioctl(descriptor, PERF_EVENT_IOC_ENABLE, 0) < 0)
        return -errno;
    bare_loop(iterations);
    if (ioctl(descriptor, PERF_EVENT_IOC_DISABLE, 0) < 0)
        return -errno;
    ssize_t size = read(descriptor, reading, sizeof *reading);
    if (size < 0)
        return -errno;
    return size == sizeof *reading ? 0 : -EIO;
}

int bare_run(const void *attributes, uint64_t iterations, struct bare_reading *reading) {
    int descriptor = bare_open(attributes);
    if (descriptor < 0)
        return descriptor;
    int result = bare_measure(descriptor, iterations, reading);
    close(descriptor);
    return result;
}

int bare_this_cpu(void) {
    int cpu = sched_getcpu();
    return cpu < 0 ? -errno : cpu;
}

int bare_stay_on_this_cpu(void) {
    int cpu = bare_this_cpu();
    if (cpu < 0)
        return cpu;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return sched_setaffinity(0, sizeof set, &set) < 0 ? -errno : 0;
}
