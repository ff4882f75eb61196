#define _GNU_SOURCE
#include "include/counter_moves.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

// No branch: it runs inside a measured window, as the handler that calls it does.
static inline void call(long number, long first, long second, long third) {
#if defined(__x86_64__)
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(first), "S"(second), "d"(third)
                     : "rcx", "r11", "memory");
#elif defined(__aarch64__)
    register long result __asm__("x0") = first;
    register long argument1 __asm__("x1") = second;
    register long argument2 __asm__("x2") = third;
    register long call_number __asm__("x8") = number;
    __asm__ volatile("svc #0" : "+r"(result) : "r"(argument1), "r"(argument2), "r"(call_number) : "memory");
#endif
}

static void move(struct cperf_repeated_signal *signal) {
    struct cperf_counter_moves *moves = (struct cperf_counter_moves *)signal;
    unsigned back = signal->delivered & 1;
    // Option 0 is none: the kernel refuses it, and writes no record.
    static const long marks[2] = {PR_SET_NAME, 0};
    call(SYS_ioctl, moves->descriptors[back], PERF_EVENT_IOC_DISABLE, 0);
    call(SYS_ioctl, moves->descriptors[1 - back], PERF_EVENT_IOC_ENABLE, 0);
    call(SYS_prctl, marks[back], (long)moves->name, 0);
}

int cperf_counter_moves_create(struct cperf_counter_moves *moves, int first, int other) {
    if (prctl(PR_GET_NAME, moves->name) < 0) return -errno;
    moves->descriptors[0] = first;
    moves->descriptors[1] = other;
    int error = cperf_repeated_signal_create(&moves->signal);
    if (error == 0) moves->signal.work = move;
    return error;
}
