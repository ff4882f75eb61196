// A signal handler that several threads want: it is the process's, and stays until the last of them is done. No policy.
#ifndef CPERF_SHARED_HANDLER_H
#define CPERF_SHARED_HANDLER_H

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>

struct shared_handler {
    pthread_mutex_t lock;
    unsigned users;
    /// What there was before the first of them, and is again after the last.
    struct sigaction before;
};

#define SHARED_HANDLER_INITIALIZER {.lock = PTHREAD_MUTEX_INITIALIZER}

/// 0, or -errno of sigaction(2).
static inline int take_handler(struct shared_handler *shared, int signal, const struct sigaction *action) {
    int error = 0;
    pthread_mutex_lock(&shared->lock);
    // `before` is complete before the handler, which may look at it, can run.
    if (shared->users == 0 &&
        (sigaction(signal, NULL, &shared->before) < 0 || sigaction(signal, action, NULL) < 0))
        error = -errno;
    if (error == 0) shared->users++;
    pthread_mutex_unlock(&shared->lock);
    return error;
}

static inline void leave_handler(struct shared_handler *shared, int signal) {
    pthread_mutex_lock(&shared->lock);
    if (--shared->users == 0) sigaction(signal, &shared->before, NULL);
    pthread_mutex_unlock(&shared->lock);
}

#endif
