#include "include/counter_page.h"

#include "interrupted_call.h"

#include <errno.h>

#if defined(__x86_64__)

static uint64_t rdpmc(uint32_t counter) {
    uint32_t low, high;
    __asm__ volatile("rdpmc" : "=a"(low), "=d"(high) : "c"(counter));
    return (uint64_t)high << 32 | low;
}

int cperf_counter_read(const volatile struct perf_event_mmap_page *page, struct cperf_user_reading *reading) {
    // The page changes only when this thread is switched or interrupted: hundreds of times in a row is no accident.
    for (int tries = CPERF_INTERRUPTED_TRIES; tries > 0; tries--) {
        uint32_t sequence = page->lock;
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
        if (!page->cap_user_rdpmc) return -EOPNOTSUPP;
        uint32_t index = page->index;
        if (index == 0) return -ENODATA;
        uint64_t offset = (uint64_t)page->offset;
        uint16_t width = page->pmc_width;
        if (width == 0 || width > 64) return -EOPNOTSUPP;
        uint64_t raw = rdpmc(index - 1);
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
        if (page->lock != sequence) continue;
        int64_t extended = (int64_t)(raw << (64 - width)) >> (64 - width);
        *reading = (struct cperf_user_reading){.value = offset + (uint64_t)extended, .raw = raw};
        return 0;
    }
    return -EAGAIN;
}

#else

int cperf_counter_read(const volatile struct perf_event_mmap_page *page, struct cperf_user_reading *reading) {
    (void)page;
    (void)reading;
    return -ENOSYS;
}

#endif
