// What a program is told by whoever started it: its arguments and its terminal. No policy.
#ifndef CPERF_PROGRAM_H
#define CPERF_PROGRAM_H

#include <sys/ioctl.h>
#include <sys/klog.h>

/// The arguments of this process, its own name first, and how many they are; NULL and 0 with a C library that does not
/// hand them to initialisers (glibc does). Swift itself reads /proc/self/cmdline, which an empty root has not.
char *const *cperf_arguments(int *count);

/// The build ID of this executable (the note NT_GNU_BUILD_ID that the linker wrote), and how many bytes it has; NULL and 0
/// where it has none.
const unsigned char *cperf_build_id(int *length);

/// Copies the end of the kernel's log into the buffer. Returns how many bytes that are, or a negative number where it may
/// not be read (syslog(2), SYSLOG_ACTION_READ_ALL).
static inline int cperf_kernel_log(char *buffer, int length) { return klogctl(3, buffer, length); }

/// The commit that this was built from, or NULL where the build was not told (Package.swift).
const char *cperf_commit(void);

/// The processor and system that this was built for: "x86_64-linux".
const char *cperf_target(void);

// ioctl(2) takes variable arguments, which Swift cannot call.

/// Columns of the terminal behind a descriptor; 0 where it is none or does not know (ioctl_tty(2)).
static inline int cperf_terminal_columns(int descriptor) {
    struct winsize size = {0};
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

#endif
