// The width of a terminal: ioctl(2) takes variable arguments, which Swift cannot call.
#ifndef CPERF_TERMINAL_H
#define CPERF_TERMINAL_H

#include <sys/ioctl.h>

/// Columns of the terminal behind a descriptor; 0 where it is none or does not know (ioctl_tty(2)).
static inline int cperf_terminal_columns(int descriptor) {
    struct winsize size = {0};
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

#endif
