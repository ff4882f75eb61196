#define _GNU_SOURCE
#include "include/recorded_program.h"

#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(offsetof(struct cperf_recorded_window, segments) == 8, "the assembly says SEGMENTS 8");
_Static_assert(offsetof(struct cperf_recorded_window, shortest) == 16, "the assembly says SHORTEST 16");
_Static_assert(offsetof(struct cperf_recorded_window, span) == 24, "the assembly says SPAN 24");
_Static_assert(offsetof(struct cperf_recorded_window, kinds) == 32, "the assembly says KINDS 32");
_Static_assert(offsetof(struct cperf_recorded_window, process) == 40, "the assembly says PROCESS 40");
_Static_assert(offsetof(struct cperf_recorded_window, guard) == 48, "the assembly says GUARD 48");
_Static_assert(offsetof(struct cperf_recorded_window, targets) == 56, "the assembly says TARGETS 56");
_Static_assert(offsetof(struct cperf_recorded_code, length) == 8, "the assembly writes the table in this order");
_Static_assert(sizeof(struct cperf_recorded_code) == 88, "the assembly writes the table in this order");

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
extern const struct cperf_recorded_code cperf_recorded_program_code;
const struct cperf_recorded_code *cperf_recorded_code(void) { return &cperf_recorded_program_code; }
#else
const struct cperf_recorded_code *cperf_recorded_code(void) { return NULL; }
#endif

#if defined(__x86_64__)
#define ARCH_SET_CPUID 0x1012 // asm/prctl.h, which not every C library's headers have

static int set_identification(long allowed) {
    return syscall(SYS_arch_prctl, ARCH_SET_CPUID, allowed) < 0 ? -errno : 0;
}
#else
static int set_identification(long allowed) {
    (void)allowed;
    return -ENOSYS;
}
#endif

int cperf_identification_faults(void) {
    // It is a property of the thread, and nothing here executes CPUID before it is allowed again.
    int refused = set_identification(0);
    return refused != 0 ? refused : set_identification(1);
}

static void run(struct cperf_window *shared, uint64_t unused) {
    struct cperf_recorded_window *window = (struct cperf_recorded_window *)shared;
    (void)unused;
    window->process = getpid();
    if (window->wants_identification_faults) window->identification_result = set_identification(0);
    const struct cperf_recorded_code *code = cperf_recorded_code();
    if (code) code->run(window);
}

pid_t cperf_recorded_start(struct cperf_recorded_window *window, struct cperf_child_report *report) {
    static const struct cperf_routine routine = {.name = "recorded-program", .run = run};
    // Only `run` looks into the window.
    return cperf_child_start(&routine, (struct cperf_window *)window, 1, report);
}
