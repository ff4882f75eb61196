// The runs of a diagnosis once more, as a C programmer would make them by hand: open, enable, run, disable, read, close.
//
//     runs time COMMAND...            runs a command; prints the seconds that it took, by the clock and of the CPU
//     runs again REPORT CLOCK CPU     makes the runs of the four arms in a report of `truecount diagnose --format json` again,
//                                     without those under a condition or with a planted loss, and compares with what it took
#define _GNU_SOURCE
#include "bare.h"
#include "workload.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// Those that truecount samples (Sources/Workloads/UserRegisters.swift).
#if defined(__x86_64__)
#define REGISTERS (1ull << 2 | 1ull << 8 | 1ull << 16 | 1ull << 17)
#elif defined(__aarch64__)
#define REGISTERS (1ull << 9 | 1ull << 10 | 1ull << 11 | 1ull << 32)
#endif

// A run of the report.
struct run {
    char workload[64];
    char arm;
    uint64_t config, iterations, period, expected, pmis, time_enabled;
};

struct totals {
    uint64_t runs, pmis, nanoseconds;
};

static void fail(const char *what) {
    fprintf(stderr, "runs: %s: %s\n", what, strerror(errno));
    exit(1);
}

// Seconds by the clock, and of the CPU: under other load the second is what a program is to blame for.
struct span {
    double clock, cpu;
};

static struct span now(int of_whom) {
    struct timespec time;
    struct rusage usage;
    clock_gettime(CLOCK_MONOTONIC, &time);
    getrusage(of_whom, &usage);
    return (struct span){
        (double)time.tv_sec + (double)time.tv_nsec / 1e9,
        (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
    };
}

static struct span since(struct span begin, int of_whom) {
    struct span end = now(of_whom);
    return (struct span){end.clock - begin.clock, end.cpu - begin.cpu};
}

// The number behind "KEY": between two places; 0 where it is not there.
static uint64_t number(const char *from, const char *end, const char *key) {
    const char *place = memmem(from, (size_t)(end - from), key, strlen(key));
    return place ? strtoull(place + strlen(key), NULL, 10) : 0;
}

static void copy(const char *from, const char *end, const char *key, char *text, size_t size) {
    const char *place = memmem(from, (size_t)(end - from), key, strlen(key));
    size_t length = 0;
    for (place = place ? place + strlen(key) : end; place < end && *place != '"' && length + 1 < size; place++)
        text[length++] = *place;
    text[length] = 0;
}

// Whether it is a run to be made again. Of its text, only what stands before its ledger is looked at.
static bool parse(const char *from, const char *end, struct run *run) {
    char arm[8];
    copy(from, end, "\"workload\": \"", run->workload, sizeof run->workload);
    copy(from, end, "\"arm\": \"", arm, sizeof arm);
    run->arm = arm[0];
    run->config = number(from, end, "\"eventConfig\": ");
    run->iterations = number(from, end, "\"iterations\": ");
    run->period = number(from, end, "\"period\": ");
    run->expected = number(from, end, "\"expected\": ");
    run->pmis = number(from, end, "\"pmis\": ");
    run->time_enabled = number(from, end, "\"timeEnabled\": ");
    return !memmem(from, (size_t)(end - from), "\"condition\"", 11) && !memmem(from, (size_t)(end - from), "\"planted\"", 9);
}

static struct perf_event_attr attributes(const struct run *run, const struct cperf_routine *routine, bool other) {
    struct perf_event_attr attributes = {
        .size = sizeof attributes, .type = PERF_TYPE_RAW, .config = run->config, .disabled = 1, .pinned = 1,
        .exclude_kernel = 1, .exclude_hv = 1,
        .read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
    };
    bool is_breakpoint = run->config == 0;
    if (other && !is_breakpoint) {
        attributes.type = PERF_TYPE_HARDWARE;
        attributes.config = PERF_COUNT_HW_INSTRUCTIONS;
    }
    if (is_breakpoint) {
        attributes.type = PERF_TYPE_BREAKPOINT;
        attributes.pinned = 0;
        attributes.bp_type = HW_BREAKPOINT_X;
        attributes.bp_len = sizeof(long);
        attributes.bp_addr = (uintptr_t)routine->run + (other ? routine->second_site : routine->site);
    }
    return attributes;
}

static int opened(const struct perf_event_attr *attributes) {
    int descriptor = bare_open(attributes);
    if (descriptor < 0) {
        errno = -descriptor;
        fail("perf_event_open");
    }
    return descriptor;
}

// One run, whose count has to be what the report expects.
static void make(const struct run *run, void *memory, struct totals *totals) {
    const struct cperf_routine *routine = cperf_routine_named(run->workload);
    if (!routine) {
        errno = ENOENT;
        fail(run->workload);
    }
    struct cperf_window window = {.sampler = -1, .counter = -1, .memory = memory};
    struct perf_event_mmap_page *page = NULL;
    size_t size = 4096;
    if (run->arm != 'D') {
        struct perf_event_attr counting = attributes(run, routine, false);
        window.counter = opened(&counting);
    }
    if (run->arm != 'A') {
        struct perf_event_attr sampling = attributes(run, routine, run->arm == 'C');
        sampling.sample_period = run->period;
        sampling.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU | PERF_SAMPLE_READ |
                               PERF_SAMPLE_REGS_USER;
        sampling.sample_regs_user = REGISTERS;
        window.sampler = opened(&sampling);
        while (size < 512 * 1024 && size < 256 * (run->pmis + 1))
            size *= 2;
        page = mmap(NULL, size + 4096, PROT_READ | PROT_WRITE, MAP_SHARED, (int)window.sampler, 0);
        if (page == MAP_FAILED)
            fail("mmap of a ring");
    }
    int counter = (int)(run->arm == 'D' ? window.sampler : window.counter), sampler = (int)window.sampler;
    if (run->arm == 'D')
        window = (struct cperf_window){.sampler = -1, .counter = counter, .memory = memory};
    routine->run(&window, run->iterations);
    struct bare_reading reading;
    if (read(counter, &reading, sizeof reading) != sizeof reading)
        fail("read of a count");
    if (reading.value != run->expected) {
        fprintf(stderr, "runs: %s, arm %c: %" PRIu64 " instead of %" PRIu64 "\n", run->workload, run->arm, reading.value,
                run->expected);
        exit(1);
    }
    totals->runs++;
    totals->nanoseconds += reading.time_enabled;
    if (page) {
        static char scratch[1 << 16];
        uint64_t sum;
        int64_t samples = bare_ring_drain(page, 4096, size, scratch, &sum);
        if (samples < 0) {
            errno = EBADMSG;
            fail("a sample");
        }
        totals->pmis += (uint64_t)samples;
        munmap(page, size + 4096);
    }
    if (sampler >= 0 && sampler != counter)
        close(sampler);
    close(counter);
}

static void print(const char *who, struct span took, const struct totals *totals) {
    printf("  %-9s %6.2f s, CPU %6.2f s; %5" PRIu64 " runs, %7" PRIu64 " PMIs, %8.0f a second of their windows", who, took.clock,
           took.cpu, totals->runs, totals->pmis, (double)totals->pmis / ((double)totals->nanoseconds / 1e9));
}

static int again(const char *path, struct span took) {
    FILE *file = fopen(path, "r");
    static char text[64 << 20];
    size_t length = file ? fread(text, 1, sizeof text, file) : 0;
    const char *end = text + length, *place = memmem(text, length, "\"runs\": [", 9);
    if (!place) {
        errno = file ? EBADMSG : errno;
        fail(path);
    }
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cpu_set_t first;
    CPU_ZERO(&first);
    CPU_SET(0, &first);
    sched_setaffinity(0, sizeof first, &first);
    struct totals theirs = {0}, ours = {0};
    uint64_t windows = 0;
    struct span begin = now(RUSAGE_SELF);
    while ((place = memmem(place, (size_t)(end - place), "\"probe\": \"", 10))) {
        place += 10;
        const char *next = memmem(place, (size_t)(end - place), "\"probe\": \"", 10);
        const char *ledger = memmem(place, (size_t)((next ? next : end) - place), "\"ledger\"", 8);
        struct run run;
        bool is_plain = parse(place, ledger ? ledger : next ? next : end, &run);
        windows += run.time_enabled;
        if (!is_plain)
            continue;
        theirs.runs++;
        theirs.pmis += run.pmis;
        theirs.nanoseconds += run.time_enabled;
        make(&run, memory, &ours);
    }
    struct span took_again = since(begin, RUSAGE_SELF);
    print("truecount", took, &theirs);
    printf("; outside all windows %.0f %%\n", 100 - (double)windows / 1e7 / took.cpu);
    print("bare C", took_again, &ours);
    printf("; ratio of PMIs a second %.3f\n", ((double)theirs.pmis / (double)theirs.nanoseconds) / ((double)ours.pmis / (double)ours.nanoseconds));
    return 0;
}

static struct span timed(char **command) {
    struct span begin = now(RUSAGE_CHILDREN);
    pid_t process = fork();
    if (process == 0) {
        execvp(command[0], command);
        _exit(127);
    }
    int status;
    waitpid(process, &status, 0);
    return since(begin, RUSAGE_CHILDREN);
}

int main(int count, char **arguments) {
    if (count >= 3 && strcmp(arguments[1], "time") == 0) {
        struct span took = timed(arguments + 2);
        return printf("%.2f %.2f\n", took.clock, took.cpu) < 0;
    }
    if (count == 5 && strcmp(arguments[1], "again") == 0)
        return again(arguments[2], (struct span){atof(arguments[3]), atof(arguments[4])});
    fprintf(stderr, "usage: runs time COMMAND... | runs again REPORT CLOCK CPU\n");
    return 64;
}
