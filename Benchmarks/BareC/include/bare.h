// The peer: what a C programmer would write by hand for the same measurement, and nothing more.
#ifndef BARE_H
#define BARE_H

#include <stddef.h>
#include <stdint.h>

/// A decrement and the branch that closes the loop, as often as asked, at least once. Two instructions an iteration.
void bare_loop(uint64_t iterations);

/// Address of that branch.
uintptr_t bare_loop_site(void);

/// What read(2) returns for an event with PERF_FORMAT_TOTAL_TIME_ENABLED and PERF_FORMAT_TOTAL_TIME_RUNNING.
struct bare_reading {
    uint64_t value;
    uint64_t time_enabled;
    uint64_t time_running;
};

/// perf_event_open(2) for this thread, on any CPU, close-on-exec. `attributes` is a struct perf_event_attr.
/// The descriptor, or -errno.
int bare_open(const void *attributes);

void bare_close(int descriptor);

/// Enable, loop, disable, read. 0, or -errno.
int bare_measure(int descriptor, uint64_t iterations, struct bare_reading *reading);

/// Open, then bare_measure(), then close: one whole run. 0, or -errno.
int bare_run(const void *attributes, uint64_t iterations, struct bare_reading *reading);

/// The CPU that this thread is on, or -errno.
int bare_this_cpu(void);

/// Keeps this thread on the CPU that it is on. 0, or -errno.
int bare_stay_on_this_cpu(void);

/// A PERF_RECORD_SAMPLE as truecount asks for it (IP, TID, TIME, CPU, READ with both times, four user registers), in the order in which
/// perf_output_sample() (kernel/events/core.c) writes it.
struct bare_sample {
    uint32_t type;
    uint16_t flags;
    uint16_t size;
    uint64_t ip;
    uint32_t process, thread;
    uint64_t time;
    uint32_t cpu, reserved;
    struct bare_reading read;
    uint64_t registers_abi;
    uint64_t registers[4];
};

/// Writes samples from position `start` on into a ring whose records begin `page_size` bytes into `memory`. They may wrap once.
void bare_ring_fill(void *memory, size_t page_size, size_t data_size, uint64_t start, size_t samples);

/// Sets tail and head, as if the kernel had just written what lies between them.
void bare_ring_offer(void *memory, uint64_t tail, uint64_t head);

/// Reads every sample: adds up time, CPU, value and the four registers, and gives the room back. `scratch` holds a record that wraps.
/// The number of samples, or -1 for a record that cannot be.
int64_t bare_ring_drain(void *memory, size_t page_size, size_t data_size, void *scratch, uint64_t *sum);

#endif
