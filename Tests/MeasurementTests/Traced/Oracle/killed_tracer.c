// Kills a tracer in the middle of the recorded program, and sees what becomes of the program: exits with 0 if the kernel
// killed it, too. An alarm ends this process where the program goes on for ever.
#define _GNU_SOURCE
#include "recorded_program.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void trace_for_ever(int output) {
    struct cperf_wait stop;
    const struct cperf_recorded_code *code = cperf_recorded_code();
    struct cperf_recorded_window *window =
        mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (window == MAP_FAILED || !code) _exit(71);
    struct cperf_child_report *report = (struct cperf_child_report *)(window + 1);
    // Years of system calls.
    window->segments = ~0ULL;
    window->shortest = 1000;
    window->span = 1;
    window->kinds = 1;
    window->targets[0] = (const char *)code->run + code->events[CPERF_RECORDED_SYSTEM_CALL];
    pid_t child = cperf_recorded_start(window, report);
    if (child < 0 || cperf_child_wait(child, &stop) != 0 || cperf_child_set_options(child) != 0) _exit(71);
    for (unsigned long stops = 0;; stops++) {
        if (cperf_child_continue_to_system_call(child) != 0 || cperf_child_wait(child, &stop) != 0) _exit(71);
        if (stops == 100 && write(output, &child, sizeof child) != sizeof child) _exit(71);
    }
}

int main(void) {
    int ends[2];
    pid_t child;
    int status;
    alarm(30);
    // Orphans come to this process, which can then wait for the program's end.
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || pipe(ends) != 0) return 71;
    pid_t tracer = fork();
    if (tracer == 0) trace_for_ever(ends[1]);
    close(ends[1]);
    if (read(ends[0], &child, sizeof child) != sizeof child) return 71;
    kill(tracer, SIGKILL);
    if (waitpid(tracer, &status, 0) != tracer) return 71;
    if (waitpid(child, &status, 0) != child) return 70;
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? 0 : 1;
}
