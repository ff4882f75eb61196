#define _GNU_SOURCE
#include "include/repeated_signal.h"

#include "shared_handler.h"

#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid // glibc before 2.38 has no name for it (timer_create(2))
#endif

#define SIGNAL SIGSTKFLT

static struct shared_handler handler = SHARED_HANDLER_INITIALIZER;

static void do_nothing(struct cperf_repeated_signal *repeated) { (void)repeated; }

// It runs inside a measured window: no conditional branch. The timer says whose signal it is, so that no thread-local
// variable is needed, whose address may cost a call. Whoever else sends this signal ends the process, as he would
// without a handler.
static void count_delivery(int signal, siginfo_t *information, void *context) {
    (void)signal;
    ucontext_t *interrupted = context;
    struct cperf_repeated_signal *repeated = information->si_value.sival_ptr;
    repeated->work(repeated);
    repeated->delivered++;
    // Where a delivery takes longer than the interval, the next follows before the program has executed an instruction, for
    // ever. Then the signal is blocked once the handler returns.
    repeated->late += information->si_overrun != 0;
    *(unsigned long *)&interrupted->uc_sigmask |= (unsigned long)(repeated->late >= CPERF_MOST_LATE_DELIVERIES) << (SIGNAL - 1);
}

static void set_blocked(int how) {
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, SIGNAL);
    pthread_sigmask(how, &only, NULL);
}

int cperf_repeated_signal_number(void) { return SIGNAL; }

int cperf_repeated_signal_create(struct cperf_repeated_signal *repeated) {
    struct sigaction action = {.sa_sigaction = count_delivery, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigfillset(&action.sa_mask);
    int error = take_handler(&handler, SIGNAL, &action);
    if (error != 0) return error;
    repeated->delivered = 0;
    repeated->work = do_nothing;
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGNAL};
    event.sigev_value.sival_ptr = repeated;
    event.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
    if (timer_create(CLOCK_MONOTONIC, &event, &repeated->timer) == 0) return 0;
    error = -errno;
    leave_handler(&handler, SIGNAL);
    return error;
}

int cperf_repeated_signal_begin(struct cperf_repeated_signal *repeated, uint64_t nanoseconds) {
    repeated->late = 0;
    struct timespec interval = {(time_t)(nanoseconds / 1000000000), (long)(nanoseconds % 1000000000)};
    struct itimerspec setting = {.it_interval = interval, .it_value = interval};
    if (timer_settime(repeated->timer, 0, &setting, NULL) < 0) return -errno;
    set_blocked(SIG_UNBLOCK);
    return 0;
}

void cperf_repeated_signal_end(struct cperf_repeated_signal *repeated) {
    struct itimerspec never = {0};
    struct timespec now = {0};
    sigset_t only;
    set_blocked(SIG_BLOCK);
    timer_settime(repeated->timer, 0, &never, NULL);
    // A timer has one signal queued at most (timer_create(2)).
    sigemptyset(&only);
    sigaddset(&only, SIGNAL);
    sigtimedwait(&only, NULL, &now);
}

void cperf_repeated_signal_destroy(struct cperf_repeated_signal *repeated) {
    timer_delete(repeated->timer);
    leave_handler(&handler, SIGNAL);
}
