// Work that would take years, and a SIGTERM in the middle of it: exits with 0 if it was cut short as interruption.h says.
#define _GNU_SOURCE
#include "interruption.h"
#include "traced_child.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint64_t years = UINT64_C(1) << 60;
static volatile int acknowledged;

static void acknowledge(int number) { acknowledged = number; }

// Once it has used a tenth of a second of the CPU, the process is in its routine.
static void *terminate_soon(void *cpu_clock) {
    struct timespec used = {0};
    while (used.tv_sec == 0 && used.tv_nsec < 100000000) {
        clock_gettime(*(clockid_t *)cpu_clock, &used);
        usleep(1000);
    }
    kill(getpid(), SIGTERM);
    return NULL;
}

static int routine(struct cperf_window *window) {
    const struct cperf_routine *tight_loop = cperf_routine_named("tight-loop");
    if (cperf_run_routine(tight_loop, window, 3) != 0) return 1;
    if (cperf_run_routine(tight_loop, window, years) != -ECANCELED) return 2;
    if (acknowledged != SIGTERM || cperf_interruption() != SIGTERM) return 3;
    // Those to come are cut short, too.
    return cperf_run_routine(tight_loop, window, 3) == -ECANCELED ? 0 : 4;
}

static int wait_for_child(struct cperf_window *window) {
    struct cperf_wait stop;
    pid_t child = cperf_child_start(cperf_routine_named("tight-loop"), window, years,
                                    (struct cperf_child_report *)(window + 1));
    if (child < 0 || cperf_child_wait(child, &stop) != 0 || cperf_child_continue(child, 0) != 0) return 1;
    if (cperf_child_wait(child, &stop) != -ECANCELED) return 2;
    if (kill(child, 0) != 0) return 3;
    if (cperf_child_kill(child) != 0) return 4;
    return kill(child, 0) == -1 && errno == ESRCH ? 0 : 5;
}

// The second signal ends a process that does not heed the first.
static int twice(void) {
    int status;
    pid_t process = fork();
    if (process == 0) {
        // A shell has background processes ignore SIGINT.
        signal(SIGTERM, SIG_DFL);
        signal(SIGINT, SIG_DFL);
        if (cperf_watch_for_interruption(acknowledge) != 0) _exit(1);
        kill(getpid(), SIGTERM);
        while (cperf_interruption() == 0) usleep(1000);
        kill(getpid(), SIGINT);
        for (;;) pause();
    }
    if (process < 0 || waitpid(process, &status, 0) < 0) return 1;
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGINT ? 0 : 2;
}

int main(int count, char **arguments) {
    struct cperf_window *window = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (window == MAP_FAILED || count != 2) return 71;
    alarm(60);
    window->sampler = -1;
    window->counter = -1;
    window->memory = (char *)window + 4096;
    if (strcmp(arguments[1], "twice") == 0) return twice();
    if (cperf_watch_for_interruption(acknowledge) != 0) return 72;
    clockid_t clock = CLOCK_PROCESS_CPUTIME_ID;
    pthread_t thread;
    int is_routine = strcmp(arguments[1], "routine") == 0;
    if (is_routine && pthread_create(&thread, NULL, terminate_soon, &clock) != 0) return 73;
    if (is_routine) return routine(window);
    // The timer of a child that burns the CPU is the kernel's: this process waits meanwhile.
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGTERM};
    timer_t timer;
    struct itimerspec soon = {.it_value = {0, 200000000}};
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 || timer_settime(timer, 0, &soon, NULL) != 0) return 74;
    return wait_for_child(window);
}
