#include "include/stray_trap.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

// The kernel sends the signal to the thread that met the trap, and each thread labels its own runs. The model keeps the
// access free of a call.
static _Thread_local volatile uint64_t stray_traps __attribute__((tls_model("initial-exec")));

// It may run inside a measured window: no branch, no call. The interrupted instruction goes on with the resume flag it
// had, so its own breakpoint is not counted again (FIX_EFLAGS in arch/x86/include/asm/sighandling.h).
static void count_stray_trap(int signal) {
    (void)signal;
    stray_traps++;
}

int cperf_watch_for_stray_traps(void) {
    struct sigaction action = {.sa_handler = count_stray_trap, .sa_flags = SA_RESTART};
    return sigaction(SIGTRAP, &action, NULL) < 0 ? -errno : 0;
}

uint64_t cperf_stray_traps(void) { return stray_traps; }
