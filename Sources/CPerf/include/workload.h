// The assembly workloads: machine code whose branch counts are known in advance. No policy.
#ifndef CPERF_WORKLOAD_H
#define CPERF_WORKLOAD_H

#include <stdint.h>

/// What a workload's routine enables before its first instruction and disables after its last.
///
/// The order is fixed: ioctl(sampler, ENABLE), ioctl(counter, ENABLE), the work, ioctl(counter, DISABLE),
/// ioctl(sampler, DISABLE), with no conditional branch between the first and the last of them but the workload's.
/// A descriptor of -1 is no event: the kernel answers EBADF at once, and no branch is needed to leave it out.
struct cperf_window {
    int64_t sampler;
    int64_t counter;
    /// What the four system calls returned, in the order above: 0, or -errno.
    int64_t results[4];
    /// Memory of the workload's own: one page, writable, page-aligned.
    void *memory;
};

#endif
