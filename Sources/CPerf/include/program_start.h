// What a program is told at its start, kept for those who cannot ask /proc for it.
#ifndef CPERF_PROGRAM_START_H
#define CPERF_PROGRAM_START_H

/// The arguments of this process, its own name first, and how many they are; NULL and 0 with a C library that does not
/// hand them to initialisers (glibc does). Swift itself reads /proc/self/cmdline, which an empty root has not.
char *const *cperf_arguments(int *count);

#endif
