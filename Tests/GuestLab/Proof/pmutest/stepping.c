/*
 * A second opinion: single-step a program, decode every instruction, and compare with what the
 * counters said about the same run.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pmutest.h"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/* 1: a conditional branch, *LENGTH bytes long; 2: another; 3: into the kernel; 0: none. */
static int classify(const unsigned char *b, int *rep, int *length)
{
    int i = 0;

    *rep = *length = 0;
    for (;; i++) {
        if (b[i] == 0xf2 || b[i] == 0xf3)
            *rep = 1;
        else if (b[i] != 0x66 && b[i] != 0x67 && b[i] != 0xf0 && b[i] != 0x2e &&
                 b[i] != 0x36 && b[i] != 0x3e && b[i] != 0x26 && b[i] != 0x64 &&
                 b[i] != 0x65)
            break;
    }
    if ((b[i] & 0xf0) == 0x40)
        i++;
    if (*rep && !((b[i] >= 0x6c && b[i] <= 0x6f) || (b[i] >= 0xa4 && b[i] <= 0xa7) ||
                  (b[i] >= 0xaa && b[i] <= 0xaf)))
        *rep = 0;
    if ((b[i] & 0xf0) == 0x70 || (b[i] >= 0xe0 && b[i] <= 0xe3)) {
        *length = i + 2;
        return 1;
    }
    if (b[i] == 0x0f) {
        *length = i + 6;
        if ((b[i + 1] & 0xf0) == 0x80)
            return 1;
        return b[i + 1] == 0x05 ? 3 : 0;
    }
    switch (b[i]) {
    case 0xc2: case 0xc3: case 0xca: case 0xcb: case 0xcf: case 0xe8:
    case 0xe9: case 0xeb:
        return 2;
    case 0xcc: case 0xcd:
        return 3;
    case 0xff:
        return (b[i + 1] >> 3 & 7) >= 2 && (b[i + 1] >> 3 & 7) <= 5 ? 2 : 0;
    }
    return 0;
}

/* The program, traced, before its exec. */
static int start(char **argv)
{
    int pid = fork(), st;

    if (pid == 0) {
        personality(ADDR_NO_RANDOMIZE);
        int z = open("/dev/null", O_WRONLY);
        dup2(z, 1);
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        execv(argv[0], argv);
        _exit(127);
    }
    waitpid(pid, &st, 0);
    return pid;
}

static int open_for(int pid, u64 config, u64 period, u64 stack)
{
    struct perf_event_attr a = {
        .type = PERF_TYPE_RAW, .size = sizeof a, .disabled = 1, .config = config,
        .exclude_kernel = 1, .exclude_hv = 1, .enable_on_exec = 1,
        .sample_period = period, .sample_type = stack ? PERF_SAMPLE_BRANCH_STACK : 0,
        .branch_sample_type = stack,
    };
    int fd = syscall(SYS_perf_event_open, &a, pid, -1, -1, 0);

    if (fd < 0)
        die("perf_event_open");
    return fd;
}

/* The taken branches of the last program stepped, but for those into the kernel. */
typedef struct { u64 from, to; } Edge;
static Edge edges[1 << 16];
static u64 n_edges;

/*
 * The same program again, not stepped, with a branch stack at each PMI: the whole of it, the newest first, has to be a
 * stretch of those branches.
 */
static void stack_one(char **argv, u64 period)
{
    int pid = start(argv), st;
    int fd = open_for(pid, TAKEN, period, PERF_SAMPLE_BRANCH_USER | PERF_SAMPLE_BRANCH_ANY);
    struct perf_event_mmap_page *m = rb_map(fd);
    u64 tail = 0, samples = 0, entries = 0, full = 0, wrong = 0;

    ptrace(PTRACE_CONT, pid, 0, 0);
    waitpid(pid, &st, 0);
    ptrace(PTRACE_CONT, pid, 0, 0);
    waitpid(pid, &st, 0);
    while (tail < m->data_head) {
        char *data = (char *)m + 4096;
        struct perf_event_header *h = (void *)(data + tail);
        struct { u64 nr; struct perf_branch_entry e[]; } *s = (void *)(h + 1);
        u64 at, k;

        tail += h->size;
        if (h->type != PERF_RECORD_SAMPLE)
            continue;
        /* Returns from the kernel, which some kernels leave in, are no steps. */
        struct perf_branch_entry e[16];
        u64 kept = 0;
        for (k = 0; k < s->nr && k < 16; k++)
            if (!(s->e[k].from >> 57))
                e[kept++] = s->e[k];
        for (at = 0; at < n_edges; at++) {
            for (k = 0; k < kept && k <= at; k++)
                if (e[k].from != edges[at - k].from || e[k].to != edges[at - k].to)
                    break;
            if (k == kept)
                break;
        }
        samples++;
        entries += s->nr;
        full += s->nr == 16;
        wrong += at == n_edges;
    }
    check(!wrong && full && samples + 1 >= n_edges / period && !st,
          "branch stack of %s: %llu stacks of %llu branches, %llu of them full, %llu not of the %llu stepped",
          argv[1], U(samples), U(entries), U(full), U(wrong), U(n_edges));
    munmap(m, (RB_PAGES + 1) * 4096);
    close(fd);
}

static void step_one(char **argv, u64 period)
{
    int pid = start(argv), st, amd = is_amd(), fd[5];
    u64 n[4] = { 0 }, got[5] = { 0 }, steps = 0;
    u64 config[5] = { COND, ALLBR, INSN, COND, TAKEN };

    for (int i = 0; i < 4 + amd; i++)
        fd[i] = open_for(pid, config[i], i == 3 ? period : 0, 0);
    n_edges = 0;
    ptrace(PTRACE_CONT, pid, 0, 0);
    waitpid(pid, &st, 0);           /* the exec's SIGTRAP */
    while (WIFSTOPPED(st)) {
        struct user_regs_struct r, r2;
        unsigned char b[16] = { 0 };
        int rep, length, c, runs;

        if (ptrace(PTRACE_GETREGS, pid, 0, &r))
            break;
        struct iovec l = { b, 16 }, rv = { (void *)r.rip, 16 };
        if (process_vm_readv(pid, &l, 1, &rv, 1, 0) < 1) {
            rv.iov_len = l.iov_len = 4096 - (r.rip & 4095);
            process_vm_readv(pid, &l, 1, &rv, 1, 0);
        }
        c = classify(b, &rep, &length);
        ptrace(PTRACE_SINGLESTEP, pid, 0, 0);
        waitpid(pid, &st, 0);
        steps++;
        if (WIFSTOPPED(st) && WSTOPSIG(st) != SIGTRAP) {
            printf("     signal %d\n", WSTOPSIG(st));
            break;
        }
        runs = WIFSTOPPED(st) && !ptrace(PTRACE_GETREGS, pid, 0, &r2);
        if (rep && runs && r2.rip == r.rip)
            continue;
        n[2]++;
        n[0] += c == 1;
        n[1] += c != 0;
        if (c && !(c == 1 && runs && r2.rip == r.rip + length)) {
            n[3]++;
            if (c != 3 && n_edges < sizeof edges / sizeof *edges)
                edges[n_edges++] = (Edge){ r.rip, r2.rip };
        }
    }
    for (int i = 0; i < 4 + amd; i++) {
        got[i] = ev_read(fd[i]);
        close(fd[i]);
    }
    check(got[0] == n[0] && got[1] == n[1] && got[2] == n[2] && got[3] == n[0] && !st,
          "stepped %s: %llu steps; conditional %llu/%llu/%llu all %llu/%llu instructions %llu/%llu (counted/decoded)",
          argv[1] ? argv[1] : argv[0], U(steps), U(got[0]), U(got[3]), U(n[0]), U(got[1]), U(n[1]),
          U(got[2]), U(n[2]));
    if (amd)
        check(got[4] == n[3], "stepped %s: taken %llu/%llu", argv[1], U(got[4]), U(n[3]));
    if (opt("stack", 0))
        stack_one(argv, 97);
}

void s_step(void)
{
    pin(0);
    step_one((char *[]){ "/bin/busybox", "true", 0 }, 1000003);
    step_one((char *[]){ "/bin/busybox", "echo", "hello", 0 }, 101);
    step_one((char *[]){ "/bin/busybox", "ls", "-l", "/payload", 0 }, 1009);
    step_one((char *[]){ "/bin/busybox", "sha256sum", "/lab-cmd", 0 }, 503);
    step_one((char *[]){ "/bin/busybox", "sh", "-c", "i=0; while [ $i -lt 5 ]; do i=$((i+1)); done", 0 }, 997);
}
