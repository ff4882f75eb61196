#define _GNU_SOURCE
#include "include/thread.h"

#include <errno.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int cperf_get_affinity(uint64_t *words, size_t count) {
    long bytes = syscall(SYS_sched_getaffinity, 0, count * sizeof *words, words);
    return bytes < 0 ? -errno : (int)bytes;
}

int cperf_set_affinity(const uint64_t *words, size_t count) {
    return syscall(SYS_sched_setaffinity, 0, count * sizeof *words, words) < 0 ? -errno : 0;
}

int cperf_current_cpu(void) {
    int cpu = sched_getcpu();
    return cpu < 0 ? -errno : cpu;
}

static int switches_of(int who, struct cperf_switches *switches) {
    struct rusage usage;
    if (getrusage(who, &usage) < 0) return -errno;
    *switches = (struct cperf_switches){(uint64_t)usage.ru_nvcsw, (uint64_t)usage.ru_nivcsw};
    return 0;
}

int cperf_switches_of_thread(struct cperf_switches *switches) { return switches_of(RUSAGE_THREAD, switches); }
int cperf_switches_of_children(struct cperf_switches *switches) { return switches_of(RUSAGE_CHILDREN, switches); }
