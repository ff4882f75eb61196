/*
 * The PMU's MSRs, and perf events with their rings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pmutest.h"

#ifndef __aarch64__
#include <cpuid.h>
#endif
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef __aarch64__
int is_amd(void)
{
    static int amd = -1;
    unsigned a, b, c, d;

    if (amd < 0) {
        __cpuid(0, a, b, c, d);
        amd = b == signature_AMD_ebx;
    }
    return amd;
}

static int msr_fd(int cpu, int mode)
{
    char p[40];

    snprintf(p, sizeof p, "/dev/cpu/%d/msr", cpu);
    return open(p, mode);
}

u64 rdmsr(int cpu, uint32_t msr)
{
    u64 v = 0;
    int fd = msr_fd(cpu, O_RDONLY);

    if (fd < 0 || pread(fd, &v, 8, msr) != 8)
        die("rdmsr");
    close(fd);
    return v;
}

int wrmsr(int cpu, uint32_t msr, u64 v)
{
    int fd = msr_fd(cpu, O_WRONLY), r;

    if (fd < 0)
        die("open msr");
    r = pwrite(fd, &v, 8, msr);
    close(fd);
    return r == 8 ? 0 : -errno;
}

u64 lab(int i) { return rdmsr(0, LAB_MSR + i); }
#endif

void pin(int cpu)
{
    cpu_set_t s;

    CPU_ZERO(&s);
    CPU_SET(cpu, &s);
    if (sched_setaffinity(0, sizeof s, &s))
        die("sched_setaffinity");
}

int ev_open(u64 config, u64 period, int group, int exk, int exu)
{
    struct perf_event_attr a = {
        .type = PERF_TYPE_RAW, .size = sizeof a, .config = config,
        .sample_period = period, .disabled = group < 0,
        .exclude_kernel = exk, .exclude_user = exu, .exclude_hv = 1,
        .sample_type = PERF_SAMPLE_IP, .pinned = group < 0,
    };
    int fd = syscall(SYS_perf_event_open, &a, 0, -1, group, PERF_FLAG_FD_CLOEXEC);

    if (fd < 0)
        die("perf_event_open");
    return fd;
}

u64 ev_read(int fd)
{
    u64 v;

    if (read(fd, &v, 8) != 8)
        die("read event");
    return v;
}

struct perf_event_mmap_page *rb_map(int fd)
{
    void *p = mmap(NULL, (RB_PAGES + 1) * 4096, PROT_READ | PROT_WRITE,
                   MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        die("mmap ring buffer");
    return p;
}

/* Count and drop records. */
void rb_drain(struct perf_event_mmap_page *m, u64 *samples, u64 *lost,
                     u64 *throttle)
{
    char *d = (char *)m + 4096;
    u64 head = __atomic_load_n(&m->data_head, __ATOMIC_ACQUIRE);
    u64 tail = m->data_tail;

    while (tail < head) {
        struct perf_event_header *h =
            (void *)(d + tail % (RB_PAGES * 4096));
        if (h->type == PERF_RECORD_SAMPLE)
            ++*samples;
        else if (h->type == PERF_RECORD_LOST)
            *lost += *(u64 *)((char *)h + 16);
        else if (h->type == PERF_RECORD_THROTTLE)
            ++*throttle;
        tail += h->size;
    }
    __atomic_store_n(&m->data_tail, tail, __ATOMIC_RELEASE);
}

/* Counter A samples with PERIOD, counter B (same event) only counts. */
Sampled sampled(u64 config, u64 period, u64 n, int two,
                       void (*w)(int, u64))
{
    Sampled s = { 0 };
    int a = ev_open(config, period, -1, 1, 0);
    int b = two ? ev_open(config, 0, a, 1, 0) : -1;
    struct perf_event_mmap_page *m = rb_map(a);
    u64 before[0x40];

    for (int i = R_OVF; i <= R_SERVICE; i++)
        before[i] = lab(i);
    w(a, n);
    for (int i = R_OVF; i <= R_SERVICE; i++)
        s.d[i] = lab(i) - before[i];
    s.a = ev_read(a);
    if (two)
        s.b = ev_read(b);
    rb_drain(m, &s.samples, &s.lost, &s.throttle);
    munmap(m, (RB_PAGES + 1) * 4096);
    if (two)
        close(b);
    close(a);
    return s;
}

void show(const char *name, u64 p, u64 n, Sampled *s)
{
    printf("     %s period=%llu n=%llu A=%llu (%+lld) B=%llu (%+lld) samples=%llu"
           " rb_lost=%llu throttle=%llu | overflow=%llu pmi=%llu masked=%llu lostpmi=%llu"
           " freeze=%llu lost_frozen=%llu dropped=%llu over=%llu spurious=%llu overrun=%llu\n",
           name, U(p), U(n), U(s->a), (long long)(s->a - n), U(s->b),
           s->b ? (long long)(s->b - n) : 0LL,
           U(s->samples), U(s->lost), U(s->throttle), U(s->d[R_OVF]),
           U(s->d[R_PMI]), U(s->d[R_MASKED]), U(s->d[R_LOST]),
           U(s->d[R_FREEZE]), U(s->d[R_LOSTFRZ]), U(s->d[R_DROPPED]),
           U(s->d[R_OVER]), U(s->d[R_SPUR]), U(s->d[R_OVERRUN]));
}
