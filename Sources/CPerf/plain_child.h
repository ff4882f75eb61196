// A child process that runs nothing but C: no handler of the parent's, neither of signals nor of fork(3). No policy.
#ifndef CPERF_PLAIN_CHILD_H
#define CPERF_PLAIN_CHILD_H

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/// 0 in the child, which has every signal blocked; its number in the parent, or -errno.
///
/// The raw system call because fork(3) runs handlers of pthread_atfork(3), and other threads may hold what those want.
/// Until it ends the child may call nothing that is not async-signal-safe (signal-safety(7)).
static inline pid_t start_plain_child(void) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    long child = syscall(SYS_clone, (long)SIGCHLD, 0L, 0L, 0L, 0L);
    if (child == 0) return 0;
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return child < 0 ? -error : (pid_t)child;
}

/// Holds nobody's pipe or terminal open. Not closefrom(3), which ends the process where there is no /proc.
static inline void close_descriptors_from(unsigned first) {
    if (syscall(SYS_close_range, first, UINT_MAX, 0U) == 0) return;
    // Before Linux 5.9. A program has no more open than this, unless it raised the usual limit.
    for (unsigned descriptor = first; descriptor < 1024; descriptor++) close((int)descriptor);
}

#endif
