/*
 * A healthy PMU on Arm: everything is counted exactly, plain and sampled.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "../pmutest.h"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

void exact(const char *name, u64 config, void (*w)(int, u64), u64 n, u64 want)
{
    int fd = ev_open(config, 0, -1, 1, 0);
    u64 got;

    w(fd, n);
    got = ev_read(fd);
    check(got == want, "exact %s event=%02llx n=%llu want=%llu got=%llu", name, U(config), U(n), U(want), U(got));
    close(fd);
}

static void s_exact(void)
{
    exact("subs-b.ne", COND, w_decjnz, 1, 1);
    exact("subs-b.ne", COND, w_decjnz, 1000, 1000);
    exact("subs-b.ne", COND, w_decjnz, 30000000, 30000000);
    exact("mixed", COND, w_mixed, 1000000, all_counted() ? 18 * 1000000 : 13 * 1000000 - 1);
    exact("syscalls", COND, w_syscall, 200000, 200000);
    exact("faulting-store", COND, w_fault, 20000, 20000);
    exact("self-modifying", COND, w_smc, 20000, 20000 + 2);
    exact("page-crossing", COND, w_cross, 200000, 200000 + 2);
    exact("atomic", COND, w_lock, 50000, 50000);
    /* and the five that disable the counter */
    exact("insn", INSN, w_insn, 1000000, 5000000 + 1 + 5);
    exact("insn-mixed", INSN, w_mixed, 100000, 20 * 100000ull + 5);
    exact("insn-syscalls", INSN, w_syscall, 100000, 4 * 100000 + 1 + 5);
    exact("insn-fault", INSN, w_fault, 20000, 5 * 20000ull + 1 + 5);
    exact("insn-smc", INSN, w_smc, 20000, 10 * 20000ull + 3 + 5);
    exact("insn-cross", INSN, w_cross, 200000, 2 * 200000ull + 3 + 5);
    exact("insn-atomic", INSN, w_lock, 50000, 3 * 50000ull + 1 + 5);
}

static volatile int sig_fd;
static volatile u64 sig_n, sig_count;

static void on_sig(int s, siginfo_t *si, void *u)
{
    sig_count = ev_read(sig_fd);
    sig_n++;
}

/* Overflow signal, as rr uses it; the handler's own branches count too. */
static void s_signal(u64 skid)
{
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
        check(s.a == n && s.b == n && s.samples == n / 777, "sampling with a system call a branch");
    }
    {
        void (*w[])(int, u64) = { w_smc, w_cross, w_lock, w_fault };
        static const char *nm[] = { "self-modifying", "page-crossing", "atomic", "faulting-store" };

        for (int i = 0; i < 4; i++) {
            u64 n = 20000, want = n + (i < 2 ? 2 : 0);
            Sampled s = sampled(COND, 97, n, 1, w[i]);

            show(nm[i], 97, want, &s);
            check(s.a == want && s.b == want && s.samples == want / 97, "sampling 97, %s", nm[i]);
        }
    }
    s_signal(skid);
    {
        u64 got[2], smp[2], n = 20000, m = 300, want = n * (m + 1);

        ctxsw(2, 1, n, m, 0, got, smp);
        check(got[0] == want && got[1] == want, "two processes, one CPU, counting: %llu %llu want %llu",
              U(got[0]), U(got[1]), U(want));
        ctxsw(2, 1, n, m, 5000, got, smp);
        check(got[0] == want && got[1] == want && smp[0] == want / 5000 && smp[1] == want / 5000,
              "two processes, one CPU, sampling 5000: %llu %llu want %llu; samples %llu %llu want %llu",
              U(got[0]), U(got[1]), U(want), U(smp[0]), U(smp[1]), U(want / 5000));
    }
}
