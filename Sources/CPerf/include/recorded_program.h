// The program that is recorded and replayed. No policy.
//
// It runs segments of a loop whose lengths, and the events between them, a generator draws. Functions return 0, or
// -errno.
#ifndef CPERF_RECORDED_PROGRAM_H
#define CPERF_RECORDED_PROGRAM_H

#include "traced_child.h"

#include <stdint.h>
#include <sys/types.h>

/// What may end a segment, in the order of `events` in struct cperf_recorded_code.
enum cperf_recorded_event {
    /// A system call without effect (getppid).
    CPERF_RECORDED_SYSTEM_CALL,
    /// The program sends itself SIGUSR1.
    CPERF_RECORDED_SIGNAL,
    /// A store to a page that is not there for it: SIGSEGV.
    CPERF_RECORDED_FAULT,
    /// CPUID, which the kernel was told to refuse: SIGSEGV (arch_prctl(2), ARCH_SET_CPUID).
    CPERF_RECORDED_IDENTIFICATION,
    CPERF_RECORDED_EVENTS,
};

/// What the program is to do: memory that both sides share.
struct cperf_recorded_window {
    /// The generator's state, SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
    uint64_t state;
    /// Segments to run, 1 or more.
    uint64_t segments;
    /// A segment has `shortest` iterations and up to `span - 1` more.
    uint64_t shortest;
    uint64_t span;
    /// How many of `targets` are drawn from.
    uint64_t kinds;
    /// The program's own number; it writes it itself.
    int64_t process;
    /// One page that faults.
    void *guard;
    /// Addresses of the events' code.
    const void *targets[CPERF_RECORDED_EVENTS];
    /// Asks for CPUID to fault.
    int64_t wants_identification_faults;
    /// What arch_prctl(2) said to that: 0, or -errno.
    int64_t identification_result;
};

/// The program's code, as its assembly file describes it. Offsets are bytes from `run`.
///
/// A segment is: the draw, from `segment`; the loop, from `loop` to before `left`; the jump to the event, at `left`. Of
/// the loop's two conditional branches one is at `first_branch`, the closing one at `site`.
struct cperf_recorded_code {
    void (*run)(struct cperf_recorded_window *window);
    uint32_t length;
    /// Behind the system call with which it says that it begins.
    uint32_t begun;
    uint32_t segment;
    uint32_t loop;
    uint32_t first_branch;
    uint32_t site;
    uint32_t left;
    /// Entries of the events' code.
    uint32_t events[CPERF_RECORDED_EVENTS];
    /// Behind the system call of an event: where it stands at the stop.
    uint32_t system_call;
    uint32_t signal_call;
    /// The instruction that faults, and the one behind it.
    uint32_t fault;
    uint32_t fault_passed;
    uint32_t identification;
    uint32_t identification_passed;
    /// Where all events' code leads: from here to the conditional branch that closes the program's own loop.
    uint32_t next;
    uint32_t closing;
    /// Behind the last system call, from which it does not return.
    uint32_t end;
};

/// NULL on an architecture that has no assembly of its own.
const struct cperf_recorded_code *cperf_recorded_code(void);

/// Whether CPUID can be made to fault here: 0, or -errno (ENODEV: the CPU cannot; ENOSYS: no such instruction).
int cperf_identification_faults(void);

/// Starts the program as cperf_child_start() starts a routine: it stops itself with SIGSTOP first. Of the registers,
/// `remaining` holds the iterations of this segment that are not yet completed, and `inner` the segments, this one
/// included.
pid_t cperf_recorded_start(struct cperf_recorded_window *window, struct cperf_child_report *report);

#endif
