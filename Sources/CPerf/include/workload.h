// The assembly workloads: machine code whose branch counts are known in advance. No policy.
#ifndef CPERF_WORKLOAD_H
#define CPERF_WORKLOAD_H

#include <stdint.h>

/// What a workload's routine enables before its first instruction and disables after its last.
///
/// The order is fixed: ioctl(sampler, ENABLE), ioctl(counter, ENABLE), the work, ioctl(counter, DISABLE),
/// ioctl(sampler, DISABLE), with no conditional branch between the first and the last of them but the workload's.
///
/// An event that is alone is the counter. Where the sampler is absent its two calls are left out, because a system
/// call costs a tenth of a cheap measurement even where it is refused. The branch that leaves out the first is executed
/// before anything is enabled. At the second the sampler may be counting still, so no branch may ask for it there: the
/// window is left by a jump whose target was chosen at its beginning. The sampler's window has therefore one
/// unconditional taken branch that the counter's has not.
struct cperf_window {
    /// A negative one is absent.
    int64_t sampler;
    /// Never absent: the calls are made whatever it is.
    int64_t counter;
    /// What the four system calls returned, in the order above: 0, or -errno. Those of an absent sampler are not
    /// written.
    int64_t results[4];
    /// Memory of the workload's own: one page, writable, page-aligned.
    void *memory;
    /// The target of the leaving jump. The routine writes it and reads it: no register of its own is free for it.
    const void *leave;
};

/// One row of a routine's position table: what holds at every instruction from `offset` to the next row's offset.
///
///     completed                    = iterations * n + remaining * r
///     conditional branches retired = branches + per_iteration * completed + inner * i + counter * c
///     other branches retired       = unconditional + those of an iteration * completed
///     site executions begun        = site + completed
///     other site executions begun  = second_site + completed
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
    int32_t second_site;
    int32_t unconditional;
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
    uint32_t second_site;
};

/// The routine of that name, or NULL: an architecture without assembly of its own has none.
const struct cperf_routine *cperf_routine_named(const char *name);

#endif
