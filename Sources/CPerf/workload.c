#include "workload.h"

#include <stddef.h>
#include <string.h>

_Static_assert(offsetof(struct cperf_window, counter) == 8, "routine.h says COUNTER 8");
_Static_assert(offsetof(struct cperf_window, results) == 16, "routine.h says RESULTS 16");
_Static_assert(offsetof(struct cperf_window, memory) == 48, "routine.h says MEMORY 48");
_Static_assert(offsetof(struct cperf_window, leave) == 56, "routine.h says LEAVE 56");
_Static_assert(sizeof(struct cperf_position_row) == 40, "routine.h divides by ROW_SIZE 40");

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

extern const struct cperf_routine cperf_tight_loop_routine;
extern const struct cperf_routine cperf_alternating_routine;
extern const struct cperf_routine cperf_data_dependent_routine;
extern const struct cperf_routine cperf_nested_loops_routine;
extern const struct cperf_routine cperf_calls_and_jumps_routine;
extern const struct cperf_routine cperf_branch_kinds_routine;
extern const struct cperf_routine cperf_locked_routine;
extern const struct cperf_routine cperf_system_calls_routine;
extern const struct cperf_routine cperf_page_faults_routine;
extern const struct cperf_routine cperf_cpu_identification_routine;

static const struct cperf_routine *const routines[] = {
    &cperf_tight_loop_routine,    &cperf_alternating_routine,     &cperf_data_dependent_routine,
    &cperf_nested_loops_routine,  &cperf_calls_and_jumps_routine, &cperf_branch_kinds_routine,
    &cperf_locked_routine,        &cperf_system_calls_routine,    &cperf_page_faults_routine,
    &cperf_cpu_identification_routine,
};

const struct cperf_routine *cperf_routine_named(const char *name) {
    for (size_t index = 0; index < sizeof routines / sizeof routines[0]; index++) {
        if (strcmp(routines[index]->name, name) == 0) return routines[index];
    }
    return NULL;
}

#else

const struct cperf_routine *cperf_routine_named(const char *name) {
    (void)name;
    return NULL;
}

#endif
