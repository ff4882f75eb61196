/*
 * A healthy PMU: everything is counted exactly, plain and sampled.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pmutest.h"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

void exact(const char *name, u64 config, void (*w)(int, u64), u64 n,
                  u64 want)
{
    int fd = ev_open(config, 0, -1, 1, 0);
    u64 got;

    w(fd, n);
    got = ev_read(fd);
    check(got == want, "exact %s event=%04llx n=%llu want=%llu got=%llu",
          name, (unsigned long long)config, (unsigned long long)n,
          (unsigned long long)want, (unsigned long long)got);
    close(fd);
}

static void s_exact(void)
{
    exact("decjnz", COND, w_decjnz, 1, 1);
    exact("decjnz", COND, w_decjnz, 1000, 1000);
    exact("decjnz", COND, w_decjnz, 30000000, 30000000);
    exact("mixed", COND, w_mixed, 1000000, 3000000);
    /* + 1: jmp 1f at the start; the disabling syscall is one more (far) */
    exact("mixed-all", ALLBR, w_mixed, 1000000, 6000000 + 1 + 1);
    exact("near", COND, w_near, 1000000, 2 * 1000000 - 1);
    exact("loop", COND, w_loop, 1000000, 1000000);
    exact("jcxz", COND, w_jcxz, 1000000, 3 * 1000000 + 1);
    exact("rep", COND, w_rep, 100000, 100000);
    exact("rep-all", ALLBR, w_rep, 100000, 100000 + 1);
    exact("syscalls", COND, w_syscall, 200000, 200000);
    exact("syscalls-all", ALLBR, w_syscall, 200000, 400000 + 1);
    exact("faulting-call", COND, w_fault, 20000, 20000);
    exact("faulting-call-all", ALLBR, w_fault, 20000, 60000 + 1 + 1);
    /* 1 + 5n, then mov mov mov mov syscall */
    exact("self-modifying", COND, w_smc, 20000, 20000);
    exact("self-modifying-all", ALLBR, w_smc, 20000, 20000 + 2 + 1);
    exact("page-crossing", COND, w_cross, 200000, 200001);
    exact("unaligned-lock", COND, w_lock, 50000, 50000);
    exact("compat", COND, w_compat, 1000000, 1000000);
    exact("compat-all", ALLBR, w_compat, 1000000, 1000000 + 2 + 1);
    exact("insn-compat", INSN, w_compat, 100000, 2 * 100000ull + 5 + 5);
    exact("insn-smc", INSN, w_smc, 20000, 4 * 20000ull + 3 + 5);
    exact("insn-cross", INSN, w_cross, 200000, 2 * 200000ull + 4 + 5);
    exact("insn-lock", INSN, w_lock, 50000, 3 * 50000ull + 5);
    exact("insn", INSN, w_insn, 1000000, 5000000 + 1 + 5);
    exact("insn-rep", INSN, w_rep, 100000, 100000 * 12ull + 5);
    exact("insn-syscalls", INSN, w_syscall, 100000, 400000 + 5);
    exact("insn-fault", INSN, w_fault, 20000, 6 * 20000ull + 2 + 1 + 5);
}

static volatile int sig_fd;
static volatile u64 sig_n, sig_count;

static void on_sig(int s, siginfo_t *si, void *u)
{
    sig_count = ev_read(sig_fd);
    sig_n++;
}

void s_healthy(void)
{
    u64 skid = opt("skid", 10);

    pin(0);
    s_exact();

    static const u64 periods[] = { 1000000, 50000, 5000, 1000 };
    for (int i = 0; i < 4; i++) {
        u64 p = periods[i], n = p * 400 + p / 2;
        Sampled s = sampled(COND, p, n, 1, w_decjnz);

        show("sample", p, n, &s);
        check(s.a == n && s.b == n, "healthy counts exact, period %llu", U(p));
        check(s.samples + s.lost == n / p && !s.throttle && !s.d[R_OVERRUN],
              "number of PMIs: %llu, want %llu", U(s.samples + s.lost), U(n / p));
    }
    {
        u64 n = 100000;
        Sampled s = sampled(COND, 777, n, 1, w_syscall);
        show("sample+syscalls", 777, n, &s);
        check(s.a == n && s.b == n && s.samples == n / 777,
              "sampling with a system call a branch");
    }
    {
        void (*w[])(int, u64) = { w_smc, w_cross, w_lock, w_compat };
        static const char *nm[] = { "self-modifying", "page-crossing", "unaligned-lock", "compat" };
        for (int i = 0; i < 4; i++) {
            u64 n = 20000, want = n + (i == 1);
            Sampled s = sampled(COND, 97, n, 1, w[i]);
            show(nm[i], 97, want, &s);
            check(s.a == want && s.b == want && s.samples == want / 97,
                  "sampling 97, %s", nm[i]);
        }
    }
    {   /* overflow signal, as rr uses it; the handler's own branches count too */
        u64 p = 50000;
        struct sigaction sa = { .sa_sigaction = on_sig, .sa_flags = SA_SIGINFO };
        int fd = ev_open(COND, p, -1, 1, 0);
        struct f_owner_ex o = { F_OWNER_TID, gettid() };

        sigaction(SIGUSR1, &sa, NULL);
        sig_fd = fd;
        fcntl(fd, F_SETOWN_EX, &o);
        fcntl(fd, F_SETSIG, SIGUSR1);
        fcntl(fd, F_SETFL, O_ASYNC);
        w_decjnz(fd, p + p / 2);
        check(sig_n == 1 && sig_count - p >= skid && sig_count - p <= skid + 12,
              "first signal at period + %llu (skid %llu + the handler's own %lld)",
              U(sig_count - p), U(skid), (long long)(sig_count - p - skid));
        close(fd);
    }
    {   /* rdpmc in user mode */
        int fd = ev_open(COND, 0, -1, 1, 0);
        struct perf_event_mmap_page *m =
            mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
        ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
        if (m == MAP_FAILED || !m->cap_user_rdpmc || !m->index) {
            check(0, "rdpmc offered to user mode");
        } else {
            uint32_t idx = m->index - 1, l1, h1, l2, h2;
            u64 n = 12345;
            asm volatile("rdpmc\n mov %%eax,%[l]\n mov %%edx,%[h]\n"
                         "1: dec %[n]\n jnz 1b\n rdpmc\n"
                         : [l] "=&r" (l1), [h] "=&r" (h1), [n] "+&r" (n),
                           "=&a" (l2), "=&d" (h2) : "c" (idx) : "cc");
            s64 d = ((u64)h2 << 32 | l2) - ((u64)h1 << 32 | l1);
            check(d == 12345, "rdpmc around 12345 branches: %lld", (long long)d);
        }
        close(fd);
    }
    {
        u64 got[2], smp[2], n = 20000, m = 300, want = n * (m + 1);

        ctxsw(2, 1, n, m, 0, got, smp);
        check(got[0] == want && got[1] == want,
              "two processes, one CPU, counting: %llu %llu want %llu",
              U(got[0]), U(got[1]), U(want));
        ctxsw(2, 1, n, m, 5000, got, smp);
        check(got[0] == want && got[1] == want && smp[0] == want / 5000 && smp[1] == want / 5000,
              "two processes, one CPU, sampling 5000: %llu %llu want %llu; samples %llu %llu want %llu",
              U(got[0]), U(got[1]), U(want), U(smp[0]), U(smp[1]), U(want / 5000));
    }
}
