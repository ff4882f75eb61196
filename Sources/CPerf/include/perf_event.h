// perf_event_open(2) and what goes with it: what Swift cannot say. No policy.
//
// Each function answers with its result, or with -errno: errno itself is thread-local state that a Swift caller must
// not rely on between two calls.
#ifndef CPERF_PERF_EVENT_H
#define CPERF_PERF_EVENT_H

#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>
#include <errno.h>

/// The descriptor, or -errno. (No C library wraps this system call.)
static inline int cperf_event_open(struct perf_event_attr *attributes, pid_t thread, int cpu,
                                   int group, unsigned long flags) {
    long result = syscall(SYS_perf_event_open, attributes, thread, cpu, group, flags);
    return result < 0 ? -errno : (int)result;
}

/// What may be asked of an event through ioctl(2) without an argument. (Swift does not import the _IO macros.)
enum cperf_event_request {
    CPERF_EVENT_ENABLE,
    CPERF_EVENT_DISABLE,
    CPERF_EVENT_RESET,
};

/// 0, or -errno. `whole_group` is PERF_IOC_FLAG_GROUP: the request is for all members of the leader's group.
int cperf_event_control(int descriptor, enum cperf_event_request request, int whole_group);

/// PERF_EVENT_IOC_PERIOD. 0, or -errno.
int cperf_event_set_period(int descriptor, uint64_t period);

/// Enables the event, sets its period (PERF_EVENT_IOC_PERIOD) and disables it, without a branch in user space between
/// the first and the last. 0, or -errno of the first that was refused.
int cperf_event_change_period(int descriptor, uint64_t period);

/// PERF_EVENT_IOC_ID. 0, or -errno.
int cperf_event_id(int descriptor, uint64_t *id);

/// read(2). The number of bytes, or -errno.
ssize_t cperf_event_read(int descriptor, void *buffer, size_t size);

/// Sends `signal` to `thread` at each overflow: F_SETOWN_EX, F_SETSIG, F_SETFL with O_ASYNC. 0, or -errno.
int cperf_event_deliver_signal(int descriptor, int signal, pid_t thread);

/// mmap(2), shared and writable. 0 with the mapping stored in `address`, or -errno.
int cperf_ring_map(int descriptor, size_t size, void **address);

/// munmap(2). 0, or -errno.
int cperf_ring_unmap(void *address, size_t size);

/// close(2). 0, or -errno.
int cperf_descriptor_close(int descriptor);

/// gettid(2), which only newer C libraries wrap.
static inline pid_t cperf_thread_id(void) { return (pid_t)syscall(SYS_gettid); }

/// Position up to which the kernel has written. Pairs with the write barrier in perf_output_put_handle()
/// (kernel/events/ring_buffer.c): what lies before the head may be read after this.
static inline uint64_t cperf_ring_head(const struct perf_event_mmap_page *page) {
    return __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
}

/// Position up to which user space has read. Only user space writes it.
static inline uint64_t cperf_ring_tail(const struct perf_event_mmap_page *page) {
    return __atomic_load_n(&page->data_tail, __ATOMIC_RELAXED);
}

/// Hands the ring back to the kernel up to `tail`: no read of the ring may sink below this.
static inline void cperf_ring_set_tail(struct perf_event_mmap_page *page, uint64_t tail) {
    __atomic_store_n(&page->data_tail, tail, __ATOMIC_RELEASE);
}

// Reading a counter from user space, by the protocol of its page (perf_event_open(2), `struct perf_event_mmap_page`).

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
