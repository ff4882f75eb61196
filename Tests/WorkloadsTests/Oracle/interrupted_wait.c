// Waits for a child's first stop: exits with 0 if the wait was given up as interrupted too often, with 1 if it was not.
// A guard ends this program where the wait goes on for ever.
#define _GNU_SOURCE
#include "traced_child.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    struct cperf_wait stop;
    struct cperf_window *window =
        mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (window == MAP_FAILED) return 71;
    alarm(30);
    pid_t child =
        cperf_child_start(cperf_routine_named("tight-loop"), window, 1, (struct cperf_child_report *)(window + 1));
    if (child < 0) return 71;
    int result = cperf_child_wait(child, &stop);
    kill(child, SIGKILL);
    return result == -EINTR ? 0 : 1;
}
