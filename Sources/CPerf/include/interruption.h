// Ctrl-C without a signal handler in the measured thread: the handler's own branches would be counted.
#ifndef CPERF_INTERRUPTION_H
#define CPERF_INTERRUPTION_H

/// From now on the first SIGINT, SIGTERM or SIGHUP only becomes the answer of cperf_interruption(), and the second ends
/// the process as if nothing had been caught. A thread of its own waits for them; they are blocked in the calling one
/// and in those that it starts. A signal that the parent had ignored (nohup(1), background jobs) stays ignored.
/// Returns 0, or the error number of pthread_create(3), and then nothing has changed.
/// Call it once, before other threads are started.
int cperf_watch_for_interruption(void);

/// The first of these signals, or 0 as long as none came.
int cperf_interruption(void);

#endif
