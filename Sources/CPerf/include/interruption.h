// Ctrl-C and its like without a signal handler that counts: they end the work in hand, and a second one the program.
#ifndef CPERF_INTERRUPTION_H
#define CPERF_INTERRUPTION_H

#include "workload.h"

#include <stdint.h>

/// From now on the first SIGINT, SIGTERM or SIGHUP becomes the answer of cperf_interruption() and ends every
/// cperf_run_routine() and cperf_child_wait() of this process with -ECANCELED, those to come included. The second one
/// ends the process as if nothing had been caught.
///
/// A thread of its own waits for them; they are blocked in the calling thread and in those that it starts. A signal
/// that the parent had ignored (nohup(1), background jobs) stays ignored.
///
/// `acknowledge` is called in that thread with the first signal's number. It must not block: the second signal is not
/// seen before it returns. NULL is none.
///
/// 0, or the error number of sigaction(2) or pthread_create(3), and then nothing has changed. Call it once, before other
/// threads are started.
int cperf_watch_for_interruption(void (*acknowledge)(int signal));

/// The first of these signals, or 0 as long as none came.
int cperf_interruption(void);

/// The signal that cuts short what a thread is in. It has to stay unblocked.
int cperf_cut_signal(void);

/// Between the two, this thread is sent that signal, again and again once the process is to stop: it ends a system call
/// that waits.
void cperf_cuttable_begin(void);
void cperf_cuttable_end(void);

/// Runs a workload's routine: 0, or -ECANCELED where it was cut short. Then it may have left its events enabled.
int cperf_run_routine(const struct cperf_routine *routine, struct cperf_window *window, uint64_t iterations);

#endif
