#define _GNU_SOURCE // F_SETSIG, F_SETOWN_EX
#include "perf_event.h"

#include "interrupted_call.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

static const unsigned long request_numbers[] = {
    [CPERF_EVENT_ENABLE] = PERF_EVENT_IOC_ENABLE,
    [CPERF_EVENT_DISABLE] = PERF_EVENT_IOC_DISABLE,
    [CPERF_EVENT_RESET] = PERF_EVENT_IOC_RESET,
};

int cperf_event_control(int descriptor, enum cperf_event_request request, int whole_group) {
    unsigned long flags = whole_group ? PERF_IOC_FLAG_GROUP : 0;
    return ioctl(descriptor, request_numbers[request], flags) < 0 ? -errno : 0;
}

int cperf_event_set_period(int descriptor, uint64_t period) {
    return ioctl(descriptor, PERF_EVENT_IOC_PERIOD, &period) < 0 ? -errno : 0;
}

int cperf_event_id(int descriptor, uint64_t *id) {
    return ioctl(descriptor, PERF_EVENT_IOC_ID, id) < 0 ? -errno : 0;
}

ssize_t cperf_event_read(int descriptor, void *buffer, size_t size) {
    ssize_t result = read(descriptor, buffer, size);
    return result < 0 ? -errno : result;
}

int cperf_event_deliver_signal(int descriptor, int signal, pid_t thread) {
    struct f_owner_ex owner = {.type = F_OWNER_TID, .pid = thread};
    // O_ASYNC comes last: no signal may be sent before it is known which and to whom.
    if (fcntl(descriptor, F_SETOWN_EX, &owner) < 0 || fcntl(descriptor, F_SETSIG, signal) < 0)
        return -errno;
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_ASYNC) < 0)
        return -errno;
    return 0;
}

int cperf_ring_map(int descriptor, size_t size, void **address) {
    void *mapping = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (mapping == MAP_FAILED)
        return -errno;
    *address = mapping;
    return 0;
}

int cperf_ring_unmap(void *address, size_t size) {
    return munmap(address, size) < 0 ? -errno : 0;
}

int cperf_descriptor_close(int descriptor) {
    return close(descriptor) < 0 ? -errno : 0;
}

// Not ioctl(3): whether it failed is asked by a conditional branch, and what is counted between the change and the
// disabling would be missing from the first period of the window.
__attribute__((always_inline)) static inline long plain_ioctl(int descriptor, unsigned long request,
                                                              const void *argument) {
#if defined(__x86_64__)
    long result = SYS_ioctl;
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"((long)descriptor), "S"(request), "d"(argument)
                     : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long number __asm__("x8") = SYS_ioctl;
    register long first __asm__("x0") = descriptor;
    register unsigned long second __asm__("x1") = request;
    register const void *third __asm__("x2") = argument;
    __asm__ volatile("svc #0" : "+r"(first) : "r"(number), "r"(second), "r"(third) : "memory", "cc");
    return first;
#else
    (void)descriptor, (void)request, (void)argument;
    return -ENOSYS;
#endif
}

int cperf_event_change_period(int descriptor, uint64_t period) {
    long enabled = plain_ioctl(descriptor, PERF_EVENT_IOC_ENABLE, 0);
    long changed = plain_ioctl(descriptor, PERF_EVENT_IOC_PERIOD, &period);
    long disabled = plain_ioctl(descriptor, PERF_EVENT_IOC_DISABLE, 0);
    if (enabled < 0) return (int)enabled;
    if (changed < 0) return (int)changed;
    return (int)disabled;
}

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
