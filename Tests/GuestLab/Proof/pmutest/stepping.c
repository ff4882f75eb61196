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
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Single-step a program, decode every instruction, and compare with what the
 * counters said about the same run.
 */
static int classify(const unsigned char *b, int *rep)
{
    int i = 0;

    *rep = 0;
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
    if ((b[i] & 0xf0) == 0x70 || (b[i] >= 0xe0 && b[i] <= 0xe3))
        return 1;
    if (b[i] == 0x0f) {
        if ((b[i + 1] & 0xf0) == 0x80)
            return 1;
        return b[i + 1] == 0x05 ? 2 : 0;
    }
    switch (b[i]) {
    case 0xc2: case 0xc3: case 0xca: case 0xcb: case 0xcf: case 0xe8:
    case 0xe9: case 0xeb: case 0xcc: case 0xcd:
        return 2;
    case 0xff:
        return (b[i + 1] >> 3 & 7) >= 2 && (b[i + 1] >> 3 & 7) <= 5 ? 2 : 0;
    }
    return 0;
}

static void step_one(char **argv, u64 period)
{
    int pid = fork(), st, fd[4];
    u64 n[3] = { 0 }, got[4], steps = 0;

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
    for (int i = 0; i < 4; i++) {
        struct perf_event_attr a = {
            .type = PERF_TYPE_RAW, .size = sizeof a, .disabled = 1,
            .config = i == 0 ? COND : i == 1 ? ALLBR : i == 2 ? INSN : COND,
            .exclude_kernel = 1, .exclude_hv = 1, .enable_on_exec = 1,
            .sample_period = i == 3 ? period : 0,
        };
        fd[i] = syscall(SYS_perf_event_open, &a, pid, -1, -1, 0);
        if (fd[i] < 0)
            die("perf_event_open");
    }
    ptrace(PTRACE_CONT, pid, 0, 0);
    waitpid(pid, &st, 0);           /* the exec's SIGTRAP */
    while (WIFSTOPPED(st)) {
        struct user_regs_struct r, r2;
        unsigned char b[16] = { 0 };
        int rep, c;

        if (ptrace(PTRACE_GETREGS, pid, 0, &r))
            break;
        struct iovec l = { b, 16 }, rv = { (void *)r.rip, 16 };
        if (process_vm_readv(pid, &l, 1, &rv, 1, 0) < 1) {
            rv.iov_len = l.iov_len = 4096 - (r.rip & 4095);
            process_vm_readv(pid, &l, 1, &rv, 1, 0);
        }
        c = classify(b, &rep);
        ptrace(PTRACE_SINGLESTEP, pid, 0, 0);
        waitpid(pid, &st, 0);
        steps++;
        if (WIFSTOPPED(st) && WSTOPSIG(st) != SIGTRAP) {
            printf("     signal %d\n", WSTOPSIG(st));
            break;
        }
        if (rep && WIFSTOPPED(st) && !ptrace(PTRACE_GETREGS, pid, 0, &r2) &&
            r2.rip == r.rip)
            continue;
        n[2]++;
        n[0] += c == 1;
        n[1] += c != 0;
    }
    for (int i = 0; i < 4; i++) {
        got[i] = ev_read(fd[i]);
        close(fd[i]);
    }
    check(got[0] == n[0] && got[1] == n[1] && got[2] == n[2] && got[3] == n[0] && !st,
          "stepped %s: %llu steps; conditional %llu/%llu/%llu all %llu/%llu instructions %llu/%llu (counted/decoded)",
          argv[1] ? argv[1] : argv[0], U(steps), U(got[0]), U(got[3]), U(n[0]), U(got[1]), U(n[1]),
          U(got[2]), U(n[2]));
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
