/*
 * A second opinion on Arm: single-step a process, decode every instruction, and compare with what the counters said
 * about the same run.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "../pmutest.h"

#include <elf.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NO_BRANCH, CONDITIONAL, UNCONDITIONAL };

/* Arm ARM C4.1, "Branches, Exception generating and System instructions" */
static int classify(uint32_t i)
{
    if ((i & 0xff000010) == 0x54000000 || (i & 0x7c000000) == 0x34000000)
        return CONDITIONAL;             /* b.cond; cbz cbnz tbz tbnz */
    if ((i & 0x7c000000) == 0x14000000 || (i & 0xfe000000) == 0xd6000000)
        return UNCONDITIONAL;           /* b bl; br blr ret */
    return NO_BRANCH;
}

static int is_svc(uint32_t i) { return (i & 0xffe0001f) == 0xd4000001; }

/* Whether a conditional branch is taken with these registers: its place afterwards does not tell if it leads there. */
static int taken(uint32_t i, const struct user_regs_struct *r)
{
    u64 x = (i & 31) == 31 ? 0 : r->regs[i & 31];
    int n = r->pstate >> 31 & 1, z = r->pstate >> 30 & 1, c = r->pstate >> 29 & 1, v = r->pstate >> 28 & 1, yes;

    if ((i & 0x7e000000) == 0x34000000)         /* cbz cbnz */
        return ((i >> 31 ? x : (uint32_t)x) == 0) != (i >> 24 & 1);
    if ((i & 0x7e000000) == 0x36000000)         /* tbz tbnz */
        return (x >> ((i >> 31) << 5 | (i >> 19 & 31)) & 1) == (i >> 24 & 1);
    switch (i >> 1 & 7) {                       /* b.cond */
    case 0: yes = z; break;
    case 1: yes = c; break;
    case 2: yes = n; break;
    case 3: yes = v; break;
    case 4: yes = c && !z; break;
    case 5: yes = n == v; break;
    case 6: yes = n == v && !z; break;
    default: return 1;
    }
    return yes != (i & 1);
}

static int get_registers(int pid, struct user_regs_struct *r)
{
    struct iovec v = { r, sizeof *r };

    return ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &v) == 0;
}

static int descending(const void *a, const void *b) { return *(const int *)b - *(const int *)a; }

/* Something with calls, returns, indirect calls, tests of bits and system calls. */
static int own_work(void)
{
    int a[24];
    char text[64];

    for (int i = 0; i < 24; i++)
        a[i] = i * 37 % 24;
    qsort(a, 24, sizeof *a, descending);
    for (int i = 0; i < 3; i++)
        getppid();
    return snprintf(text, sizeof text, "%d %s %x", a[0], "text", a[23]);
}

/* A process that has stopped itself, in a system call, before it begins. */
static int start(void)
{
    int pid = fork();

    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        _exit(!own_work());
    }
    return pid;
}

static void step_one(u64 period)
{
    enum { BRANCHES, TAKEN, INSTRUCTIONS };
    int pid = start(), st, fd[3], after_svc = 1;
    u64 n[3] = { 0 }, got[3], steps = 0, last = 0;

    waitpid(pid, &st, 0);
    for (int i = 0; i < 3; i++) {
        struct perf_event_attr a = {
            .type = PERF_TYPE_RAW, .size = sizeof a, .disabled = 1, .config = i == 1 ? INSN : COND,
            .exclude_kernel = 1, .exclude_hv = 1, .sample_period = i == 2 ? period : 0,
        };

        fd[i] = syscall(SYS_perf_event_open, &a, pid, -1, -1, 0);
        if (fd[i] < 0)
            die("perf_event_open");
    }
    for (int i = 0; i < 3; i++)
        ioctl(fd[i], PERF_EVENT_IOC_ENABLE, 0);
    while (WIFSTOPPED(st)) {
        struct user_regs_struct r;
        uint32_t insn = 0;

        if ((steps && WSTOPSIG(st) != SIGTRAP) || !get_registers(pid, &r)) {
            printf("     signal %d\n", WSTOPSIG(st));
            break;
        }
        struct iovec l = { &insn, 4 }, rv = { (void *)r.pc, 4 };
        if (process_vm_readv(pid, &l, 1, &rv, 1, 0) != 4)
            die("process_vm_readv");
        last = r.pc;
        ptrace(PTRACE_SINGLESTEP, pid, 0, 0);
        waitpid(pid, &st, 0);
        steps++;
        /* After a system call Linux stops once for its end and once for the step, at one place. */
        if (after_svc && WIFSTOPPED(st)) {
            struct user_regs_struct now;

            after_svc = 0;
            if (get_registers(pid, &now) && now.pc == last)
                continue;           /* nothing ran */
        }
        after_svc = is_svc(insn);
        n[INSTRUCTIONS]++;
        n[BRANCHES] += classify(insn) != NO_BRANCH;
        n[TAKEN] += classify(insn) == UNCONDITIONAL || (classify(insn) == CONDITIONAL && taken(insn, &r));
    }
    for (int i = 0; i < 3; i++) {
        got[i] = ev_read(fd[i]);
        close(fd[i]);
    }
    u64 want = all_counted() ? n[BRANCHES] : n[TAKEN];
    check(got[0] == want && got[1] == n[INSTRUCTIONS] && got[2] == want && !st,
          "stepped: %llu steps; branches %llu, sampled %llu, decoded %llu (taken %llu of %llu);"
          " instructions %llu, decoded %llu", U(steps), U(got[0]), U(got[2]), U(want),
          U(n[TAKEN]), U(n[BRANCHES]), U(got[1]), U(n[INSTRUCTIONS]));
}

void s_step(void)
{
    pin(0);
    step_one(101);
}
