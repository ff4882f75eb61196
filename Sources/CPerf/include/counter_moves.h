// Makes the kernel give this thread's events other counters, again and again, out of a signal handler.
#ifndef CPERF_COUNTER_MOVES_H
#define CPERF_COUNTER_MOVES_H

#include "repeated_signal.h"

/// One thread's; it stays where it is while its timer exists.
///
/// At every other signal the event that came first is disabled and another one enabled, at the signals between them it is
/// the other way round. An event that is added makes the x86 driver assign all counters anew, in the order of the events,
/// so that those behind the first one move up; the first one, which is pinned, moves them back
/// (arch/x86/events/core.c, x86_schedule_events). Each move up is marked by a PERF_RECORD_COMM in the rings of events that
/// ask for those: the handler gives this thread the name that it has.
struct cperf_counter_moves {
    /// The first member: the handler gets its address.
    struct cperf_repeated_signal signal;
    /// The event that came first, and the other one.
    int descriptors[2];
    char name[16];
};

/// As cperf_repeated_signal_create(), for these moves; the other functions of repeated_signal.h take `signal`.
int cperf_counter_moves_create(struct cperf_counter_moves *moves, int first, int other);

#endif
