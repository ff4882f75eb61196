// A child that runs one workload under ptrace(2). What runs between fork and exit must not touch the Swift runtime,
// so it is here.
#ifndef CPERF_TRACED_CHILD_H
#define CPERF_TRACED_CHILD_H

#include <sys/types.h>

#endif
