#define _GNU_SOURCE
#include "include/stray_trap.h"

#include "shared_handler.h"

#include <sys/syscall.h>
#include <unistd.h>

// The kernel sends the signal to the thread that met the trap, and each thread labels its own runs. The model keeps the
// access free of a call.
static _Thread_local volatile uint64_t stray_traps __attribute__((tls_model("initial-exec")));

static struct shared_handler handler = SHARED_HANDLER_INITIALIZER;

// What a debug exception raises: a breakpoint register (TRAP_HWBKPT), or the single-step flag in an old DR6
// (TRAP_TRACE; get_si_code() in arch/x86/kernel/traps.c, breakpoint_handler() in arch/arm64). A program's own trap is
// another one: brk is TRAP_BRKPT, int3 SI_KERNEL, and kill(2) has 0 or less.
static int is_of_debug_exception(int code) { return code == TRAP_HWBKPT || code == TRAP_TRACE; }

// As if there were no handler of ours: to whoever had the signal before, or to the kernel's default, which is to kill.
static void pass_on(int signal, siginfo_t *information, void *context) {
    const struct sigaction *before = &handler.before;
    int is_forced = information->si_code > 0;
    if (before->sa_flags & SA_SIGINFO) {
        before->sa_sigaction(signal, information, context);
    } else if (before->sa_handler != SIG_DFL && before->sa_handler != SIG_IGN) {
        before->sa_handler(signal);
    } else if (before->sa_handler == SIG_DFL || is_forced) {
        // Nobody can ignore an exception (force_sig_info_to_task in kernel/signal.c). It is blocked until this handler
        // returns, and then kills.
        struct sigaction standard = {.sa_handler = SIG_DFL};
        sigaction(signal, &standard, NULL);
        syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), signal);
    }
}

// It may run inside a measured window, in which nothing is counted but the executions of one instruction of the
// workload. That instruction goes on with the resume flag it had, so its own breakpoint is not counted again
// (FIX_EFLAGS in arch/x86/include/asm/sighandling.h).
static void count_stray_trap(int signal, siginfo_t *information, void *context) {
    if (is_of_debug_exception(information->si_code)) {
        stray_traps++;
    } else {
        pass_on(signal, information, context);
    }
}

int cperf_stray_traps_begin(void) {
    struct sigaction action = {.sa_sigaction = count_stray_trap, .sa_flags = SA_SIGINFO | SA_RESTART};
    return take_handler(&handler, SIGTRAP, &action);
}

void cperf_stray_traps_end(void) { leave_handler(&handler, SIGTRAP); }

uint64_t cperf_stray_traps(void) { return stray_traps; }
