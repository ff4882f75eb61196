/*
 * What the parts of pmutest share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PMUTEST_H
#define PMUTEST_H

#include <stdint.h>

typedef uint64_t u64;
typedef int64_t s64;

/* Printing goes by unsigned long long throughout. */
#define U(x) ((unsigned long long)(x))

/* Raw event encodings: umask << 8 | event; Intel's, or AMD's. */
#ifdef __aarch64__
#define COND 0x21                   /* BR_RETIRED, whatever it counts */
#define INSN 0x08
#else
#define COND (is_amd() ? 0x00d1 : 0x01c4)
#define ALLBR (is_amd() ? 0x00c2 : 0x00c4)
#define TAKEN 0x00c4                /* AMD's */
#define INSN 0x00c0
#endif

/* The PMU's own truth, in made-up MSRs (README.md). */
#define LAB_MSR 0x504d5500u
enum { R_UCOND = 0x10, R_KCOND, R_UBR, R_KBR, R_UIN, R_KIN,
       R_ALL = 0x08, R_OVF = 0x20, R_PMI, R_MASKED, R_LOST, R_FREEZE, R_LOSTFRZ,
       R_DROPPED, R_OVER, R_SPUR, R_OVERRUN, R_SERVICE };

#define RB_PAGES 256
struct perf_event_mmap_page;

/* main.c */
void __attribute__((format(printf, 2, 3))) check(int good, const char *fmt, ...);
void die(const char *what);
u64 opt(const char *key, u64 def);

/* counters.c; arm/registers.c */
#ifdef __aarch64__
#define is_amd() 0
int all_counted(void);      /* BR_RETIRED counts branches that are not taken, too */
#else
int is_amd(void);
#endif
u64 rdmsr(int cpu, uint32_t msr);
int wrmsr(int cpu, uint32_t msr, u64 v);
u64 lab(int i);
void pin(int cpu);
int ev_open(u64 config, u64 period, int group, int exk, int exu);
u64 ev_read(int fd);
struct perf_event_mmap_page *rb_map(int fd);
void rb_drain(struct perf_event_mmap_page *m, u64 *samples, u64 *lost, u64 *throttle);
typedef struct { u64 a, b, samples, lost, throttle; u64 d[0x40]; } Sampled;
Sampled sampled(u64 config, u64 period, u64 n, int two, void (*w)(int, u64));
void show(const char *name, u64 p, u64 n, Sampled *s);

/* exactness.c */
void exact(const char *name, u64 config, void (*w)(int, u64), u64 n, u64 want);

/* processes.c */
void ctxsw(int nproc, int pinned, u64 n, u64 m, u64 period, u64 *got, u64 *smp);

/* loops.c: n rounds between enabling fd's group and disabling it */
void w_decjnz(int fd, u64 n);
void w_mixed(int fd, u64 n);
void w_near(int fd, u64 n);
void w_loop(int fd, u64 n);
void w_jcxz(int fd, u64 n);
void w_rep(int fd, u64 n);
void w_syscall(int fd, u64 n);
void w_yield(int fd, u64 n, u64 m);
void w_fault(int fd, u64 n);
void w_insn(int fd, u64 n);
void w_smc(int fd, u64 n);
void w_cross(int fd, u64 n);
void w_compat(int fd, u64 n);
void w_lock(int fd, u64 n);

/* the suites */
void s_healthy(void);
void s_insn(void);
void s_kernel(void);
void s_long(void);
void s_smp(void);
void s_step(void);
void s_flags(void);
void s_freeze(void);
void s_branches(void);
void s_faults(void);        /* these two on Arm */
void s_moved(void);

#endif
