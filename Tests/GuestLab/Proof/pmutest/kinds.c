/*
 * Other kinds of counting: instructions, both rings, past the kernel's own reloads; and what the
 * patch mends in QEMU.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pmutest.h"

#include <sys/mman.h>
#include <unistd.h>

/* kernel-mode events: user:kernel split adds up */
void s_kernel(void)
{
    pin(0);
    for (int i = 0; i < 3; i++) {
        u64 n = 50000;
        int u = ev_open(COND, 0, -1, 1, 0);
        int k = ev_open(COND, 0, u, 0, 1);
        int b = ev_open(COND, 0, u, 0, 0);
        u64 cu, ck, cb;

        w_syscall(u, n);
        cu = ev_read(u);
        ck = ev_read(k);
        cb = ev_read(b);
        check(cu == n, "user %llu", U(cu));
        /* without a global control register counters start one by one */
        check(ck > n && cu + ck <= cb && cb - cu - ck <= (is_amd() ? 100 : 0), "user %llu + kernel %llu = both %llu (%+lld)", U(cu), U(ck), U(cb), (long long)(cb - cu - ck));
        close(b); close(k); close(u);
    }
    {   /* sampling kernel + user, at any CPL */
        int a = ev_open(COND, 20000, -1, 0, 0);
        int b = ev_open(COND, 0, a, 0, 0);
        struct perf_event_mmap_page *m = rb_map(a);
        u64 smp = 0, l = 0, t = 0, ca, cb;

        w_syscall(a, 300000);
        ca = ev_read(a);
        cb = ev_read(b);
        rb_drain(m, &smp, &l, &t);
        check(1, "sampling both rings: A=%llu B=%llu (%+lld) samples=%llu rb_lost=%llu A/period=%llu",
              U(ca), U(cb), (long long)(ca - cb), U(smp), U(l), U(ca / 20000));
        munmap(m, (RB_PAGES + 1) * 4096);
        close(b); close(a);
    }
}

/* past 2^31, where the kernel itself reloads the counter (AMD's at 2^47) */
void s_long(void)
{
    u64 n = opt("n", 5000000000ull);
    u64 before = lab(R_PMI), f = lab(R_LOSTFRZ);
    int fd = ev_open(COND, 0, -1, 1, 0);
    u64 got;

    pin(0);
    w_decjnz(fd, n);
    got = ev_read(fd);
    check(got + (lab(R_LOSTFRZ) - f) == n && lab(R_PMI) - before == (is_amd() ? 0 : n / 0x7fffffff),
          "counting %llu: %llu (%+lld), PMIs %llu, lost frozen %llu", U(n), U(got), (long long)(got - n),
          U(lab(R_PMI) - before), U(lab(R_LOSTFRZ) - f));
}

/* instructions: one on the fixed counter, one on a general one; sampling */
void s_insn(void)
{
    u64 n = 1000000, want = 5 * n + 6;

    pin(0);
    int a = ev_open(INSN, 0, -1, 1, 0), b = ev_open(INSN, 0, a, 1, 0);
    w_insn(a, n);
    check(ev_read(a) == want && ev_read(b) == want, "instructions twice: %llu %llu want %llu",
          U(ev_read(a)), U(ev_read(b)), U(want));
    close(b); close(a);
    static const u64 periods[] = { 100003, 20011, 1009 };
    for (int i = 0; i < 3; i++) {
        Sampled s = sampled(INSN, periods[i], n, 1, w_insn);
        u64 p = periods[i];

        show("insn", p, want, &s);
        check(s.a == want && s.b == want && s.samples + s.lost == want / p,
              "instruction sampling: %llu %llu want %llu; PMIs %llu want %llu",
              U(s.a), U(s.b), U(want), U(s.samples + s.lost), U(want / p));
    }
    {   /* cond branches sampled, instructions counted beside */
        int c = ev_open(COND, 5000, -1, 1, 0), d = ev_open(INSN, 0, c, 1, 0);
        w_insn(c, n);
        check(ev_read(c) == n && ev_read(d) == want,
              "branches sampled %llu, instructions beside %llu want %llu",
              U(ev_read(c)), U(ev_read(d)), U(want));
        close(d); close(c);
    }
}

#ifndef __aarch64__
/*
 * cmpxchg8b and cmpxchg16b leave all flags but ZF alone.  QEMU 7.2 took them
 * from where they were kept when the translation block began: after popf and
 * cmp, flags = the second operand of cmp, which is 0x8d5 here.
 */
void s_flags(void)
{
    static u64 m[2] __attribute__((aligned(16)));
    const u64 shown = 0x8c5;    /* OF SF ZF PF CF; of them cmp x,x sets ZF, PF */
    u64 x = 0x8d5, f;

#define FLAGS_AFTER(INSN) \
    asm volatile("lea -128(%%rsp),%%rsp\n push $2\n popf\n" \
                 "cmp %[x],%[x]\n" INSN " %[m]\n" \
                 "pushf\n pop %[f]\n lea 128(%%rsp),%%rsp\n" \
                 : [f] "=r" (f), [m] "+m" (m) \
                 : [x] "r" (x), "a" (0), "d" (0), "b" (0), "c" (0) : "memory", "cc"); \
    check((f & shown) == 0x44, "flags after " INSN ": %llx", U(f & shown))

    FLAGS_AFTER("cmpxchg8b");
    FLAGS_AFTER("lock cmpxchg8b");
    FLAGS_AFTER("cmpxchg16b");
    FLAGS_AFTER("lock cmpxchg16b");
}
#endif

void s_branches(void)
{
    u64 n = opt("n", 1000000);

#ifdef __aarch64__
    asm volatile("b 1f\n1: subs %0,%0,#1\n b.ne 1b" : "+r" (n) : : "cc");
#else
    asm volatile("1: dec %0\n jnz 1b" : "+r" (n) : : "cc");
#endif
}
