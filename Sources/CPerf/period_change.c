#include "include/period_change.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

// Not ioctl(3): whether it failed is asked by a conditional branch, and what is counted between the change and the
// disabling would be missing from the first period of the window.
__attribute__((always_inline)) static inline long plain_ioctl(int descriptor, unsigned long request,
                                                              const void *argument) {
#if defined(__x86_64__)
    long result = SYS_ioctl;
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"((long)descriptor), "S"(request), "d"(argument)
                     : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long number __asm__("x8") = SYS_ioctl;
    register long first __asm__("x0") = descriptor;
    register unsigned long second __asm__("x1") = request;
    register const void *third __asm__("x2") = argument;
    __asm__ volatile("svc #0" : "+r"(first) : "r"(number), "r"(second), "r"(third) : "memory", "cc");
    return first;
#else
    (void)descriptor, (void)request, (void)argument;
    return -ENOSYS;
#endif
}

int cperf_event_change_period(int descriptor, uint64_t period) {
    long enabled = plain_ioctl(descriptor, PERF_EVENT_IOC_ENABLE, 0);
    long changed = plain_ioctl(descriptor, PERF_EVENT_IOC_PERIOD, &period);
    long disabled = plain_ioctl(descriptor, PERF_EVENT_IOC_DISABLE, 0);
    if (enabled < 0) return (int)enabled;
    if (changed < 0) return (int)changed;
    return (int)disabled;
}
