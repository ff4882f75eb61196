// The calling thread's CPUs and context switches: glibc declares these only under _GNU_SOURCE, which Swift's module map
// does not set.
#ifndef CPERF_THREAD_H
#define CPERF_THREAD_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/// Room for as many CPUs as Linux is built for on any architecture (NR_CPUS).
#define CPERF_CPU_LIMIT 8192
#define CPERF_CPU_WORDS (CPERF_CPU_LIMIT / 64)

/// Bytes of the kernel's CPU mask written to `words`, or -errno (EINVAL: room for fewer CPUs than the kernel has).
/// sched_getaffinity(2).
int cperf_get_affinity(uint64_t *words, size_t count);

/// 0, or -errno. sched_setaffinity(2).
int cperf_set_affinity(const uint64_t *words, size_t count);

/// Binds a thread (0 is the calling one) to one CPU. 0, or -errno; -EINVAL for a CPU that is none.
static inline int cperf_bind(pid_t thread, int cpu) {
    uint64_t words[CPERF_CPU_WORDS] = {0};
    if (cpu < 0 || cpu >= CPERF_CPU_LIMIT) return -EINVAL;
    words[cpu / 64] = UINT64_C(1) << cpu % 64;
    return syscall(SYS_sched_setaffinity, thread, sizeof words, words) < 0 ? -errno : 0;
}

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
