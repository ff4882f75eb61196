// The calling thread's CPUs and context switches: glibc declares these only under _GNU_SOURCE, which Swift's module map
// does not set.
#ifndef CPERF_THREAD_H
#define CPERF_THREAD_H

#include <stddef.h>
#include <stdint.h>

/// Bytes of the kernel's CPU mask written to `words`, or -errno (EINVAL: room for fewer CPUs than the kernel has).
/// sched_getaffinity(2).
int cperf_get_affinity(uint64_t *words, size_t count);

/// 0, or -errno. sched_setaffinity(2).
int cperf_set_affinity(const uint64_t *words, size_t count);

/// The CPU that this runs on, or -errno. getcpu(2).
int cperf_current_cpu(void);

struct cperf_switches {
    uint64_t voluntary;
    uint64_t involuntary;
};

/// Context switches so far of this thread, or of all children that have been waited for: 0, or -errno. getrusage(2).
int cperf_switches_of_thread(struct cperf_switches *switches);
int cperf_switches_of_children(struct cperf_switches *switches);

#endif
