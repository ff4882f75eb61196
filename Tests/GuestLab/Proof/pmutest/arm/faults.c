/*
 * The other faults on Arm: what the counters show is what the PMU says it did.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "../pmutest.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { R_DROP = 4, R_OVERCOUNT = 5, R_LOSTPMI = 6, R_SPURIOUS = 7 };

/* Counter A samples, B counts beside: all that drop, overcount, lostpmi and spurious do to them. */
void s_faults(void)
{
    u64 p = 5000, n = p * 200 + p / 2;

    pin(0);
    Sampled s = sampled(COND, p, n, 1, w_decjnz);
    show("faults", p, n, &s);
    check(s.a - n + s.b - n == s.d[R_OVER] + s.d[R_SPUR] - s.d[R_DROPPED],
          "A %+lld, B %+lld: overcounted %llu, spurious %llu, dropped %llu", (long long)(s.a - n), (long long)(s.b - n),
          U(s.d[R_OVER]), U(s.d[R_SPUR]), U(s.d[R_DROPPED]));
    check(s.samples == s.d[R_PMI] && s.d[R_PMI] + s.d[R_LOST] == s.d[R_OVF] && !s.d[R_MASKED],
          "samples %llu, PMIs %llu, lost %llu, overflows %llu", U(s.samples), U(s.d[R_PMI]), U(s.d[R_LOST]),
          U(s.d[R_OVF]));
    check(!lab(R_SPURIOUS) == !s.d[R_SPUR] && s.d[R_DROPPED] == lab(R_DROP) * s.d[R_OVF] &&
          s.d[R_OVER] == lab(R_OVERCOUNT) * s.d[R_OVF], "as much as was asked for");
    /* After a lost PMI the counter runs on from 0. */
    check(s.d[R_LOST] == (lab(R_LOSTPMI) != 0), "PMIs lost: %llu", U(s.d[R_LOST]));
    if (!lab(R_SPURIOUS))
        check(s.b == n, "the counter beside is exact");
}

/* A process that goes to and fro between two CPUs. With expect=1 PMIs are lost. */
void s_moved(void)
{
    u64 p = 20000, samples = 0, lost = 0, throttle = 0, count, pmis = 0, pmis_lost = 0;
    int fd;

    for (int cpu = 0; cpu < 2; cpu++) {
        pmis -= rdmsr(cpu, LAB_MSR + R_PMI);
        pmis_lost -= rdmsr(cpu, LAB_MSR + R_LOST);
    }
    fd = ev_open(COND, p, -1, 1, 0);
    struct perf_event_mmap_page *m = rb_map(fd);
    ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
    for (int i = 0; i < 100; i++) {
        pin(i & 1);
        for (u64 k = 33333; k; k--)
            asm volatile("");
    }
    ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
    count = ev_read(fd);
    rb_drain(m, &samples, &lost, &throttle);
    for (int cpu = 0; cpu < 2; cpu++) {
        pmis += rdmsr(cpu, LAB_MSR + R_PMI);
        pmis_lost += rdmsr(cpu, LAB_MSR + R_LOST);
    }
    check(samples + lost == pmis, "moved: count %llu, samples %llu of %llu, PMIs %llu, lost %llu", U(count),
          U(samples + lost), U(count / p), U(pmis), U(pmis_lost));
    if (opt("expect", 0))
        check(pmis_lost > 0 && samples + lost < count / p, "moves lost PMIs");
    else
        check(pmis_lost == 0 && samples + lost == count / p, "moves lost none");
}
