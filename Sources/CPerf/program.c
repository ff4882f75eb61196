#define _GNU_SOURCE
#include "include/program.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

static int argument_count;
static char **arguments;

// Priority 101: before the Swift runtime's own initialisers. A statically linked Swift program asks /proc/self/exe
// where it is before main, and aborts without an answer ("Unable to obtain Swift runtime path",
// swift/stdlib/public/runtime/Paths.cpp), although all it wants to find is a helper that prints backtraces. In an empty
// root there is no /proc.
__attribute__((constructor(101))) static void note_program_start(int count, char **values) {
    argument_count = count;
    arguments = values;
    if (access("/proc/self/exe", F_OK) != 0) setenv("SWIFT_ROOT", "/", 0);
}

char *const *cperf_arguments(int *count) {
    *count = argument_count;
    return arguments;
}

static const int watched_signals[] = {SIGINT, SIGTERM, SIGHUP};
static sigset_t watched;
static atomic_int first_signal;

static void *wait_for_first_signal(void *unused) {
    (void)unused;
    int number;
    if (sigwait(&watched, &number) == 0)
        atomic_store(&first_signal, number);
    // Unblocked here and nowhere else, with their default action: the next one ends the whole process at once.
    pthread_sigmask(SIG_UNBLOCK, &watched, NULL);
    for (;;)
        pause();
    return NULL;
}

int cperf_watch_for_interruption(void) {
    sigemptyset(&watched);
    for (size_t i = 0; i < sizeof watched_signals / sizeof watched_signals[0]; i++) {
        struct sigaction action;
        // A blocked signal is queued, and sigwait(3) would return it, even where it is ignored (signal(7)).
        if (sigaction(watched_signals[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            sigaddset(&watched, watched_signals[i]);
    }

    // The thread inherits a mask with everything blocked, so that it takes no signal meant for another.
    sigset_t everything, before;
    sigfillset(&everything);
    pthread_sigmask(SIG_SETMASK, &everything, &before);
    pthread_t thread;
    int error = pthread_create(&thread, NULL, wait_for_first_signal, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0)
        return error;
    pthread_detach(thread);
    pthread_sigmask(SIG_BLOCK, &watched, NULL);
    return 0;
}

int cperf_interruption(void) {
    return atomic_load(&first_signal);
}
