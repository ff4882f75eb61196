// Reading a counter from user space, by the protocol of its page (perf_event_open(2), `struct perf_event_mmap_page`).
#ifndef CPERF_COUNTER_PAGE_H
#define CPERF_COUNTER_PAGE_H

#include <linux/perf_event.h>
#include <stdint.h>

struct cperf_user_reading {
    /// The kernel's offset and what the instruction gave, sign-extended from the counter's width.
    uint64_t value;
    /// What the instruction itself gave.
    uint64_t raw;
};

/// 0, or -EOPNOTSUPP where the kernel does not let user space read this event (the instruction would be a #GP),
/// -ENODATA where the event is on no counter now, -ENOSYS on an architecture whose instruction is not known here,
/// -EAGAIN where the kernel changes the page again and again.
int cperf_counter_read(const volatile struct perf_event_mmap_page *page, struct cperf_user_reading *reading);

#endif
