// What a program is told by whoever started it: its arguments, its terminal, and that it is to stop. No policy.
#ifndef CPERF_PROGRAM_H
#define CPERF_PROGRAM_H

#include <sys/ioctl.h>

/// The arguments of this process, its own name first, and how many they are; NULL and 0 with a C library that does not
/// hand them to initialisers (glibc does). Swift itself reads /proc/self/cmdline, which an empty root has not.
char *const *cperf_arguments(int *count);

// ioctl(2) takes variable arguments, which Swift cannot call.

/// Columns of the terminal behind a descriptor; 0 where it is none or does not know (ioctl_tty(2)).
static inline int cperf_terminal_columns(int descriptor) {
    struct winsize size = {0};
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

// Ctrl-C without a signal handler in the measured thread: the handler's own branches would be counted.

/// From now on the first SIGINT, SIGTERM or SIGHUP only becomes the answer of cperf_interruption(), and the second ends
/// the process as if nothing had been caught. A thread of its own waits for them; they are blocked in the calling one
/// and in those that it starts. A signal that the parent had ignored (nohup(1), background jobs) stays ignored.
/// Returns 0, or the error number of pthread_create(3), and then nothing has changed.
/// Call it once, before other threads are started.
int cperf_watch_for_interruption(void);

/// The first of these signals, or 0 as long as none came.
int cperf_interruption(void);

#endif
