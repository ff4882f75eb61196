// Kills a tracer in the middle of its child's run, and sees what becomes of the child: exits with 0 if the kernel
// killed it, too. A guard ends this program where the child goes on for ever.
#define _GNU_SOURCE
#include "traced_child.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void trace_for_ever(int output) {
    struct cperf_wait stop;
    struct cperf_window *window =
        mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (window == MAP_FAILED) _exit(71);
    struct cperf_child_report *report = (struct cperf_child_report *)(window + 1);
    window->sampler = window->counter = -1;
    pid_t child = cperf_child_start(cperf_routine_named("tight-loop"), window, 1ULL << 56, report);
    if (child < 0 || cperf_child_wait(child, &stop) != 0) _exit(71);
    if (cperf_child_set_options(child) != 0 || cperf_child_continue(child, 0) != 0) _exit(71);
    if (write(output, &child, sizeof child) != sizeof child) _exit(71);
    for (;;) pause();
}

int main(void) {
    int ends[2];
    pid_t child;
    int status;
    alarm(30);
    // Orphans come to this process, which can then wait for the child's end.
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
