/*
 * Several processes that share CPUs, or migrate, each with a counter of its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pmutest.h"

#include <linux/perf_event.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static u64 child_result(int fd)
{
    u64 v;

    if (read(fd, &v, 8) != 8)
        die("child");
    return v;
}

/* NPROC processes, each counts its own branches while yielding. */
void ctxsw(int nproc, int pinned, u64 n, u64 m, u64 period,
                  u64 *got, u64 *smp)
{
    int pfd[nproc][2];

    for (int i = 0; i < nproc; i++) {
        if (pipe(pfd[i]))
            die("pipe");
        if (fork() == 0) {
            if (pinned)
                pin(0);
            int fd = ev_open(COND, period, -1, 1, 0);
            struct perf_event_mmap_page *mm = period ? rb_map(fd) : NULL;
            u64 r[2] = { 0 }, l = 0, t = 0;

            w_yield(fd, n, m);
            r[0] = ev_read(fd);
            if (mm)
                rb_drain(mm, &r[1], &l, &t);
            if (write(pfd[i][1], r, 16) != 16)
                _exit(1);
            _exit(0);
        }
    }
    for (int i = 0; i < nproc; i++) {
        got[i] = child_result(pfd[i][0]);
        smp[i] = child_result(pfd[i][0]);
        close(pfd[i][0]);
        close(pfd[i][1]);
    }
    while (wait(NULL) > 0)
        ;
}

void s_smp(void)
{
    int nproc = opt("nproc", 4);
    u64 got[16], smp[16], n = 20000, m = 300, want = n * (m + 1);
    int bad = 0;

    ctxsw(nproc, 0, n, m, 0, got, smp);
    for (int i = 0; i < nproc; i++)
        bad += got[i] != want;
    check(!bad, "%d processes, free to migrate, counting: %d wrong", nproc, bad);
    ctxsw(nproc, 0, n, m, 5000, got, smp);
    bad = 0;
    for (int i = 0; i < nproc; i++) {
        printf("     proc %d: %llu (%+lld) samples %llu want %llu\n", i, U(got[i]),
               (long long)(got[i] - want), U(smp[i]), U(want / 5000));
        bad += got[i] != want || smp[i] != want / 5000;
    }
    if (opt("expect", 0)) {
        for (int i = bad = 0; i < nproc; i++)
            bad += got[i] >= want;
        check(!bad, "%d processes sampling, freeze: all of them lose", nproc);
    } else {
        check(!bad, "%d processes, free to migrate, sampling: %d wrong", nproc, bad);
    }
}
