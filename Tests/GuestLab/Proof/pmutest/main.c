/*
 * pmutest: exactness tests of the lab's PMU, through the stock kernel's
 * perf_event_open.  A static binary; runs in the guest, as root.
 *
 *   pmutest SUITE [key=value]...
 *   pmutest rdmsr CPU MSR
 *   pmutest wrmsr CPU MSR VALUE
 *
 * Suites (keys in brackets):
 *   healthy   everything counted exactly, plain and sampled [skid]
 *   insn      the instruction counters
 *   kernel    user and kernel counts add up
 *   long      past 2^31, where the kernel reloads the counter itself [n]
 *   smp       several processes, free to migrate [nproc, expect=1: they lose]
 *   step      single-steps programs, decodes every instruction, compares [stack=1: branch stacks, too]
 *   flags     (x86) cmpxchg8b/16b keep the other flags (README.md, "The flags of cmpxchg")
 *   freeze    what freezing at overflow loses [expect=0|1, skid]
 *   faults    (Arm) what drop, overcount, lostpmi, spurious do is what the PMU says
 *   moved     (Arm) a process that moves between two CPUs [expect=1: it loses PMIs]
 *   branches  n conditional branches and nothing else, for perf [n]
 *
 * Prints a line a check, "ok ..." or "FAIL ..."; exit status 1 if any failed,
 * 2 usage.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pmutest.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

void __attribute__((format(printf, 2, 3)))
check(int good, const char *fmt, ...)
{
    va_list ap;

    printf("%s ", good ? "ok  " : "FAIL");
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    printf("\n");
    fflush(stdout);
    failures += !good;
}

void die(const char *what)
{
    printf("FAIL %s: %s\n", what, strerror(errno));
    exit(1);
}

static int opt_argc;
static char **opt_argv;

u64 opt(const char *key, u64 def)
{
    size_t n = strlen(key);

    for (int i = 0; i < opt_argc; i++)
        if (!strncmp(opt_argv[i], key, n) && opt_argv[i][n] == '=')
            return strtoull(opt_argv[i] + n + 1, NULL, 0);
    return def;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc == 4 && !strcmp(argv[1], "rdmsr")) {
        printf("%llx\n", U(rdmsr(atoi(argv[2]), strtoul(argv[3], NULL, 0))));
        return 0;
    }
    if (argc == 5 && !strcmp(argv[1], "wrmsr")) {
        int r = wrmsr(atoi(argv[2]), strtoul(argv[3], NULL, 0), strtoull(argv[4], NULL, 0));
        if (r)
            printf("wrmsr: %s\n", strerror(-r));
        return r != 0;
    }
    if (argc < 2)
        return 2;
    opt_argc = argc - 2;
    opt_argv = argv + 2;
    static const struct { const char *n; void (*f)(void); } suites[] = {
        { "healthy", s_healthy }, { "insn", s_insn }, { "kernel", s_kernel }, { "long", s_long },
        { "smp", s_smp }, { "step", s_step }, { "freeze", s_freeze }, { "branches", s_branches },
#ifdef __aarch64__
        { "faults", s_faults }, { "moved", s_moved },
#else
        { "flags", s_flags },
#endif
    };
    for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
        if (!strcmp(suites[i].n, argv[1])) {
            suites[i].f();
            printf("%s: %d failed\n", argv[1], failures);
            return failures != 0;
        }
    return 2;
}
