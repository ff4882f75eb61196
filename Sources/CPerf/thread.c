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

static struct cperf_switches switches(int who) {
    struct rusage usage = {0};
    getrusage(who, &usage);
    return (struct cperf_switches){(uint64_t)usage.ru_nvcsw, (uint64_t)usage.ru_nivcsw};
}

struct cperf_switches cperf_switches_of_thread(void) { return switches(RUSAGE_THREAD); }
struct cperf_switches cperf_switches_of_children(void) { return switches(RUSAGE_CHILDREN); }
