// A signal that comes to this thread again and again, to a handler without a conditional branch.
#ifndef CPERF_REPEATED_SIGNAL_H
#define CPERF_REPEATED_SIGNAL_H

#include <stdint.h>
#include <time.h>

/// So many deliveries may be late before there are no more. A stolen CPU makes one late, a debugger or strace(1) all.
#define CPERF_MOST_LATE_DELIVERIES 100

/// One thread's; it stays where it is while its timer exists.
struct cperf_repeated_signal {
    timer_t timer;
    /// Signals delivered so far.
    volatile uint64_t delivered;
    /// Of those since the timer runs, the ones by whose delivery the timer had expired again (timer_getoverrun(2)).
    volatile uint64_t late;
    /// What the handler does besides, before it counts the delivery: without a conditional branch. Never NULL.
    void (*work)(struct cperf_repeated_signal *repeated);
};

/// The signal: the one that nobody else sends, which rr takes for its overflows (TIME_SLICE_SIGNAL, PerfCounters.h).
int cperf_repeated_signal_number(void);

/// Installs the handler and makes the calling thread's timer, which does not run yet. 0, or -errno.
int cperf_repeated_signal_create(struct cperf_repeated_signal *repeated);

/// Lets the timer run, and the signal through, until CPERF_MOST_LATE_DELIVERIES were late: then what they interrupt
/// would never get on. The calling thread must have it blocked. 0, or -errno.
int cperf_repeated_signal_begin(struct cperf_repeated_signal *repeated, uint64_t nanoseconds);

/// Blocks the signal and stops the timer; none is pending afterwards.
void cperf_repeated_signal_end(struct cperf_repeated_signal *repeated);

/// Deletes the timer; the last one puts back the handler that there was.
void cperf_repeated_signal_destroy(struct cperf_repeated_signal *repeated);

#endif
