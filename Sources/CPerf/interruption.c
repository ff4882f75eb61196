#define _GNU_SOURCE
#include "include/interruption.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

// A thread whose work can be cut short.
struct cuttable_thread {
    pthread_t thread;
    struct cuttable_thread *next;
    int is_listed;
    /// Elsewhere a signal would only disturb, such as a write of the report.
    atomic_int is_cuttable;
    /// Where to go on from within a routine; NULL outside of one.
    sigjmp_buf *volatile end;
};

// The model keeps the handler's access free of a call.
static _Thread_local struct cuttable_thread self __attribute__((tls_model("initial-exec")));

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct cuttable_thread *threads;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t at_thread_end;
static int has_key;

static const int watched_signals[] = {SIGINT, SIGTERM, SIGHUP};
static sigset_t watched;
static atomic_int first_signal;
static void (*acknowledge_signal)(int signal);

int cperf_interruption(void) { return atomic_load(&first_signal); }

// Of the signals that nobody else uses: C libraries take the first ones of the real-time signals for themselves.
int cperf_cut_signal(void) { return SIGRTMAX - 1; }

static void leave_list(void *leaving) {
    pthread_mutex_lock(&lock);
    for (struct cuttable_thread **place = &threads; *place; place = &(*place)->next) {
        if (*place != leaving) continue;
        *place = (*place)->next;
        break;
    }
    pthread_mutex_unlock(&lock);
}

static void make_key(void) { has_key = pthread_key_create(&at_thread_end, leave_list) == 0; }

static void list_this_thread(void) {
    pthread_once(&once, make_key);
    // A thread that does not leave the list at its end must not be in it.
    if (!has_key || pthread_setspecific(at_thread_end, &self) != 0) return;
    // Whoever started the process may have had it blocked, as workers of libdispatch have every signal (signal(7): a mask is
    // inherited through fork(2) and execve(2)).
    sigset_t cutting;
    sigemptyset(&cutting);
    sigaddset(&cutting, cperf_cut_signal());
    pthread_sigmask(SIG_UNBLOCK, &cutting, NULL);
    self.thread = pthread_self();
    self.is_listed = 1;
    pthread_mutex_lock(&lock);
    self.next = threads;
    threads = &self;
    pthread_mutex_unlock(&lock);
}

void cperf_cuttable_begin(void) {
    if (!self.is_listed) list_this_thread();
    atomic_store(&self.is_cuttable, 1);
}

void cperf_cuttable_end(void) { atomic_store(&self.is_cuttable, 0); }

// It interrupts a system call such as waitpid(2), or leaves a routine. Counts of that run are lost, so its own branches do
// not matter.
static void cut(int signal) {
    (void)signal;
    sigjmp_buf *end = self.end;
    if (!end) return;
    self.end = NULL;
    siglongjmp(*end, 1);
}

int cperf_run_routine(const struct cperf_routine *routine, struct cperf_window *window, uint64_t iterations) {
    sigjmp_buf end;
    volatile int result = -ECANCELED;
    cperf_cuttable_begin();
    if (sigsetjmp(end, 1) == 0) {
        self.end = &end;
        // A signal that comes behind this question finds `end`.
        if (!cperf_interruption()) {
            routine->run(window, iterations);
            result = 0;
        }
        self.end = NULL;
    }
    cperf_cuttable_end();
    return result;
}

static void cut_all(void) {
    pthread_mutex_lock(&lock);
    for (struct cuttable_thread *thread = threads; thread; thread = thread->next)
        if (atomic_load(&thread->is_cuttable)) pthread_kill(thread->thread, cperf_cut_signal());
    pthread_mutex_unlock(&lock);
}

// As if nothing had been caught: all others have it blocked, so that it comes to this thread.
static _Noreturn void end_by(int signal) {
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, signal);
    pthread_sigmask(SIG_UNBLOCK, &only, NULL);
    kill(getpid(), signal);
    for (;;) pause();
}

static void *wait_for_signals(void *unused) {
    (void)unused;
    int number = 0;
    if (sigwait(&watched, &number) != 0) return NULL;
    // First: whoever heeds the interruption may end the process before another word is said.
    if (acknowledge_signal) acknowledge_signal(number);
    atomic_store(&first_signal, number);
    // Again and again: a thread may have been on its way into a wait when the first one came.
    struct timespec pause = {0, 20000000};
    for (;;) {
        cut_all();
        int second = sigtimedwait(&watched, NULL, &pause);
        if (second > 0) end_by(second);
    }
}

int cperf_watch_for_interruption(void (*acknowledge)(int signal)) {
    sigemptyset(&watched);
    for (size_t i = 0; i < sizeof watched_signals / sizeof watched_signals[0]; i++) {
        struct sigaction action;
        // A blocked signal is queued, and sigwait(3) would return it, even where it is ignored (signal(7)).
        if (sigaction(watched_signals[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            sigaddset(&watched, watched_signals[i]);
    }
    acknowledge_signal = acknowledge;
    // Without SA_RESTART, so that it ends a wait.
    struct sigaction cutting = {.sa_handler = cut};
    sigemptyset(&cutting.sa_mask);
    if (sigaction(cperf_cut_signal(), &cutting, NULL) != 0) return errno;

    // The thread inherits a mask with everything blocked, so that it takes no signal meant for another.
    sigset_t everything, before;
    sigfillset(&everything);
    pthread_sigmask(SIG_SETMASK, &everything, &before);
    pthread_t thread;
    int error = pthread_create(&thread, NULL, wait_for_signals, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0) return error;
    pthread_detach(thread);
    pthread_sigmask(SIG_BLOCK, &watched, NULL);
    return 0;
}
