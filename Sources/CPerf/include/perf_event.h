// perf_event_open(2) and what goes with it: what Swift cannot say. No policy.
#ifndef CPERF_PERF_EVENT_H
#define CPERF_PERF_EVENT_H

#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>
#include <errno.h>

/// The descriptor, or -errno. (No C library wraps this system call.)
static inline int cperf_event_open(struct perf_event_attr *attributes, pid_t thread, int cpu,
                                   int group, unsigned long flags) {
    long result = syscall(SYS_perf_event_open, attributes, thread, cpu, group, flags);
    return result < 0 ? -errno : (int)result;
}

#endif
