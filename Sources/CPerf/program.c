#define _GNU_SOURCE
#include "include/program.h"
#include "include/workload.h"

#include <link.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int argument_count;
static char **arguments;

/// A program that defines this function, which is never called, runs a workload where its command line is exactly
/// `PROGRAM workload NAME COUNT`, for COUNT iterations (1 to 2^56), and ends with 0. That happens before main and before the
/// initialisers of the Swift runtime: perf(1) counts what a program does before its workload, too, and those do not do the
/// same each time. On any other command line, and in any other program, nothing happens.
void cperf_runs_workloads(void) __attribute__((weak));

/// 0 for what is no number from 1 to 2^56 in decimal digits.
static uint64_t iterations_of(const char *text) {
    const uint64_t most = UINT64_C(1) << 56;
    uint64_t number = 0;
    for (const char *digit = text; *digit != 0; digit++) {
        if (*digit < '0' || *digit > '9' || number > most / 10) return 0;
        number = 10 * number + (uint64_t)(*digit - '0');
    }
    return number > most ? 0 : number;
}

/// Whether it has run.
static int run_asked_workload(void) {
    // The page that a workload works on is its own: it gives it back to the kernel and touches it again.
    static char page[1 << 16] __attribute__((aligned(1 << 16)));
    if (argument_count != 4 || strcmp(arguments[1], "workload") != 0) return 0;
    const struct cperf_routine *routine = cperf_routine_named(arguments[2]);
    const uint64_t iterations = iterations_of(arguments[3]);
    if (routine == NULL || iterations == 0) return 0;
    struct cperf_window window = {.sampler = -1, .counter = -1, .memory = page};
    routine->run(&window, iterations);
    return 1;
}

// Priority 101: before the Swift runtime's own initialisers. A statically linked Swift program asks /proc/self/exe
// where it is before main, and aborts without an answer ("Unable to obtain Swift runtime path",
// swift/stdlib/public/runtime/Paths.cpp), although all it wants to find is a helper that prints backtraces. In an empty
// root there is no /proc.
__attribute__((constructor(101))) static void note_program_start(int count, char **values) {
    argument_count = count;
    arguments = values;
    if (cperf_runs_workloads != NULL && run_asked_workload()) _exit(0);
    if (access("/proc/self/exe", F_OK) != 0) setenv("SWIFT_ROOT", "/", 0);
}

char *const *cperf_arguments(int *count) {
    *count = argument_count;
    return arguments;
}

struct build_id {
    const unsigned char *bytes;
    int length;
};

static int find_build_id(struct dl_phdr_info *program, size_t size, void *result) {
    (void)size;
    for (int i = 0; i < program->dlpi_phnum; i++) {
        if (program->dlpi_phdr[i].p_type != PT_NOTE) continue;
        const char *note = (const char *)(program->dlpi_addr + program->dlpi_phdr[i].p_vaddr);
        const char *end = note + program->dlpi_phdr[i].p_memsz;
        while (note + sizeof(ElfW(Nhdr)) <= end) {
            const ElfW(Nhdr) *header = (const void *)note;
            const char *name = note + sizeof *header;
            const char *content = name + ((header->n_namesz + 3) & ~3u);
            if (header->n_type == NT_GNU_BUILD_ID && header->n_namesz == 4 && memcmp(name, "GNU", 4) == 0) {
                *(struct build_id *)result = (struct build_id){(const void *)content, (int)header->n_descsz};
                return 1;
            }
            note = content + ((header->n_descsz + 3) & ~3u);
        }
    }
    // The executable is the first in the list (dl_iterate_phdr(3)); its libraries have IDs of their own.
    return 1;
}

const unsigned char *cperf_build_id(int *length) {
    struct build_id found = {NULL, 0};
    dl_iterate_phdr(find_build_id, &found);
    *length = found.length;
    return found.bytes;
}

const char *cperf_commit(void) {
#ifdef CPERF_COMMIT
    return CPERF_COMMIT;
#else
    return NULL;
#endif
}

const char *cperf_target(void) {
#if defined(__x86_64__)
    return "x86_64-linux";
#elif defined(__aarch64__)
    return "aarch64-linux";
#else
#error "truecount is for x86_64 and aarch64"
#endif
}
