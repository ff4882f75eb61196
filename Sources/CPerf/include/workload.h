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

/// One row of a routine's position table: what holds at every instruction from `offset` to the next row's offset.
///
///     completed                    = iterations * n + remaining * r
///     conditional branches retired = branches + per_iteration * completed + inner * i + counter * c
///     site executions begun        = site + completed
///     other site executions begun  = other_site + completed
///
/// where n is the number of iterations asked for, and r, i, c are the values of the registers with the roles
/// remaining, inner and counter. The rows are written by the assembler, beside the instructions that they speak of.
struct cperf_position_row {
    int32_t offset;
    int32_t iterations;
    int32_t remaining;
    int32_t branches;
    int32_t per_iteration;
    int32_t inner;
    int32_t counter;
    int32_t site;
    int32_t other_site;
};

/// A workload's routine, as its assembly file describes it. Offsets and lengths are bytes from `run`.
struct cperf_routine {
    const char *name;
    void (*run)(struct cperf_window *window, uint64_t iterations);
    const struct cperf_position_row *rows;
    uint32_t row_count;
    uint32_t length;
    /// The loop-closing conditional branch: executed exactly once per iteration.
    uint32_t site;
    /// Another instruction that is executed exactly once per iteration.
    uint32_t other_site;
};

/// The routine of that name, or NULL: an architecture without assembly of its own has none.
const struct cperf_routine *cperf_routine_named(const char *name);

#endif
