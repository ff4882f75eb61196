// How often a system call that was interrupted is made again. No policy.
#ifndef CPERF_INTERRUPTED_CALL_H
#define CPERF_INTERRUPTED_CALL_H

/// Only a handler that runs interrupts a call (signal(7)), and this program runs none: it blocks its signals and takes
/// them with sigwait(3). A handler of another program's that uses the library may interrupt a few times. What goes on
/// after that is no signal, but a filter or a fault injected: to try for ever would hang.
#define CPERF_INTERRUPTED_TRIES 100

#endif
