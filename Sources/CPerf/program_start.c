#include "include/program_start.h"

#include <stdlib.h>
#include <unistd.h>

static int argument_count;
static char **arguments;

// Priority 101: before the Swift runtime's own initialisers. A statically linked Swift program asks /proc/self/exe where it
// is before main, and aborts without an answer ("Unable to obtain Swift runtime path", swift/stdlib/public/runtime/
// Paths.cpp), although all it wants to find is a helper that prints backtraces. In an empty root there is no /proc.
__attribute__((constructor(101))) static void note_program_start(int count, char **values) {
    argument_count = count;
    arguments = values;
    if (access("/proc/self/exe", F_OK) != 0) setenv("SWIFT_ROOT", "/", 0);
}

char *const *cperf_arguments(int *count) {
    *count = argument_count;
    return arguments;
}
