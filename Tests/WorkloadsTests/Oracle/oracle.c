// Runs one workload once, without events: `oracle NAME ITERATIONS`. A program for valgrind to count in.
#define _GNU_SOURCE
#include "workload.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(int count, char **arguments) {
    if (count != 3) return 64;
    const struct cperf_routine *routine = cperf_routine_named(arguments[1]);
    if (routine == NULL) return 64;
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return 71;
    struct cperf_window window = {.sampler = -1, .counter = -1, .results = {7, 7, 7, 7}, .memory = memory};
    routine->run(&window, strtoull(arguments[2], NULL, 10));
    // The counter's calls must have been refused with EBADF, and so have been made; the sampler's must not.
    const int64_t *results = window.results;
    return results[0] == 7 && results[1] == -9 && results[2] == -9 && results[3] == 7 ? 0 : 70;
}
