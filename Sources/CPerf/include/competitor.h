// A process that wants the CPU all the time and does nothing with it.
#ifndef CPERF_COMPETITOR_H
#define CPERF_COMPETITOR_H

#include <sys/types.h>

/// Starts one on the CPUs of the calling thread. It dies with that thread; cperf_child_kill() ends it before. Its
/// number, or -errno.
pid_t cperf_competitor_start(void);

#endif
