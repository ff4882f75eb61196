#define _GNU_SOURCE
#include "ctest_support.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int ctest_raise_as_kernel(int signal, int code) {
    siginfo_t information = {.si_signo = signal, .si_code = code};
    long thread = syscall(SYS_gettid);
    return syscall(SYS_rt_tgsigqueueinfo, getpid(), thread, signal, &information) < 0 ? -errno : 0;
}

int ctest_single_step(void (*body)(void *argument), void *argument) {
#if defined(__x86_64__)
    // The trap flag, bit 8. A signal handler runs without it, and the return from one brings it back.
    __asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq" ::: "memory", "cc");
    body(argument);
    __asm__ volatile("pushfq; andq $~0x100, (%%rsp); popfq" ::: "memory", "cc");
    return 0;
#else
    (void)body;
    (void)argument;
    return -ENOSYS;
#endif
}
