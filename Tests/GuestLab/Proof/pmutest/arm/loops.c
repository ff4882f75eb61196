/*
 * Loops whose counts are known, in AArch64. Each enables fd's group, does its work and disables it, in one
 * piece of assembly with no other branch in it.
 *
 * Where BR_RETIRED counts taken branches, a loop's last branch is not counted; a branch to the next instruction
 * before the loop makes up for it, so that n rounds are n in either case.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "../pmutest.h"

#include <linux/perf_event.h>
#include <string.h>
#include <sys/mman.h>

/* ioctl is 29; PERF_IOC_FLAG_GROUP is 1. Five instructions, the svc among them. */
#define IOCTL_ASM(CMD) \
    "mov x8,#29\n mov w0,%w[fd]\n mov w1,%w[" CMD "]\n mov x2,#1\n svc #0\n"
#define ENABLE_ASM IOCTL_ASM("en")
#define DISABLE_ASM IOCTL_ASM("dis")
#define IO_OPS \
    [fd] "r" (fd), [en] "r" (PERF_EVENT_IOC_ENABLE), [dis] "r" (PERF_EVENT_IOC_DISABLE)
#define CLOB "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x8", "x30", "memory", "cc"

/* BODY, after one instruction more, which is a branch where only taken ones are counted. */
#define ROUNDS(BODY, ...) \
    do { \
        if (all_counted()) \
            asm volatile(ENABLE_ASM "nop\n" BODY DISABLE_ASM : __VA_ARGS__ : IO_OPS : CLOB); \
        else \
            asm volatile(ENABLE_ASM "b 1f\n" BODY DISABLE_ASM : __VA_ARGS__ : IO_OPS : CLOB); \
    } while (0)

void w_decjnz(int fd, u64 n)
{
    ROUNDS("1: subs %[n],%[n],#1\n b.ne 1b\n", [n] "+&r" (n));
}

/* n times every kind of branch: 12 taken, 5 not; and the loop's own, not taken in the last round */
void w_mixed(int fd, u64 n)
{
    asm volatile("adr x3,5f\n adr x4,6f\n mov x5,#1\n" ENABLE_ASM
                 "1: cmp %[n],%[n]\n b.ne 1b\n"                    /* not taken */
                 "b.eq 2f\n nop\n 2: cbnz xzr,2b\n"               /* taken; not */
                 "cbz wzr,3f\n nop\n 3: cbz %[n],3b\n"            /* taken; not */
                 "cbnz %[n],4f\n nop\n 4: tbnz xzr,#63,4b\n"      /* taken; not */
                 "tbz wzr,#3,7f\n nop\n 7: tbz x5,#0,7b\n"        /* taken; not */
                 "tbnz x5,#0,8f\n nop\n 8: b 9f\n nop\n"         /* taken, taken */
                 "5: ret\n 9: bl 5b\n blr x3\n"                   /* taken, with the returns 4 */
                 "b.al 10f\n nop\n 10: br x4\n nop\n"            /* taken, taken */
                 "6: sub %[n],%[n],#1\n cbnz %[n],1b\n"
                 DISABLE_ASM
                 : [n] "+&r" (n) : IO_OPS : CLOB);
}

/* n times: one getppid, one branch */
void w_syscall(int fd, u64 n)
{
    ROUNDS("1: mov x8,#173\n svc #0\n subs %[n],%[n],#1\n b.ne 1b\n", [n] "+&r" (n));
}

/* n times: one sched_yield, m branches, one branch */
void w_yield(int fd, u64 n, u64 m)
{
    if (all_counted())
        asm volatile(ENABLE_ASM
                     "1: mov x8,#124\n svc #0\n mov x3,%[m]\n 2: subs x3,x3,#1\n b.ne 2b\n"
                     "subs %[n],%[n],#1\n b.ne 1b\n" DISABLE_ASM
                     : [n] "+&r" (n) : IO_OPS, [m] "r" (m) : CLOB);
    else
        asm volatile(ENABLE_ASM "b 1f\n"
                     "1: mov x8,#124\n svc #0\n mov x3,%[m]\n b 2f\n 2: subs x3,x3,#1\n b.ne 2b\n"
                     "subs %[n],%[n],#1\n b.ne 1b\n" DISABLE_ASM
                     : [n] "+&r" (n) : IO_OPS, [m] "r" (m) : CLOB);
}

/* n times: a store to a fresh page, in the middle of a block; one branch; 5 instructions */
void w_fault(int fd, u64 n)
{
    size_t size = n * 4096;
    char *start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    char *p = start;

    if (p == MAP_FAILED)
        die("mmap");
    madvise(p, size, MADV_NOHUGEPAGE);
    ROUNDS("1: mov x4,%[n]\n str x4,[%[p]]\n add %[p],%[p],#4096\n subs %[n],%[n],#1\n b.ne 1b\n", [n] "+&r" (n), [p] "+&r" (p));
    munmap(start, size);
}

/* 1 + 5n instructions, n branches; after enable, before disable */
void w_insn(int fd, u64 n)
{
    ROUNDS("1: add x3,x3,#1\n add x4,x3,#1\n nop\n subs %[n],%[n],#1\n b.ne 1b\n", [n] "+&r" (n));
}

static unsigned char *code_pages(void)
{
    void *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        die("mmap");
    return p;
}

/* Call CODE with n in x3 and others as given: n + 2 branches if it has n and its ret, 3 instructions more than it. */
static void call_code(int fd, const unsigned char *code, u64 n, u64 r4, u64 r5, u64 r6)
{
    int all = all_counted();    /* a call would not keep x3 */
    register u64 x3 asm("x3") = n, x4 asm("x4") = r4, x5 asm("x5") = r5, x6 asm("x6") = r6;

#define CALL(FIRST) \
    asm volatile(ENABLE_ASM FIRST "1: blr %[code]\n" DISABLE_ASM \
                 : "+r" (x3), "+r" (x4), "+r" (x5), "+r" (x6) : IO_OPS, [code] "r" (code) \
                 : "x0", "x1", "x2", "x8", "x30", "memory", "cc")
    if (all)
        CALL("nop\n");
    else
        CALL("b 1f\n");
}

/* A nop that becomes another instruction and back, once a round, with what the architecture asks for. */
asm(".pushsection .rodata\n.balign 4\nsmc_code: eor w5,w5,w6\n str w5,[x4]\n dc cvau,x4\n dsb ish\n ic ivau,x4\n"
    "dsb ish\n isb\nsmc_patched: nop\n subs x3,x3,#1\n b.ne smc_code\n ret\nsmc_end:\n.popsection\n");
extern const unsigned char smc_code[], smc_patched[], smc_end[];

/* n + 2 branches, 10n + 3 instructions */
void w_smc(int fd, u64 n)
{
    static unsigned char *p;

    if (!p) {
        p = code_pages();
        memcpy(p, smc_code, smc_end - smc_code);
        __builtin___clear_cache((char *)p, (char *)p + 4096);
    }
    unsigned char *patched = p + (smc_patched - smc_code);
    uint32_t now;
    memcpy(&now, patched, sizeof now);
    call_code(fd, p, n, (u64)patched, now, 0xd503201f ^ 0xaa0003e0 /* nop, mov x0,x0 */);
}

/* A loop over a page boundary: n + 2 branches, 2n + 3 instructions */
void w_cross(int fd, u64 n)
{
    static unsigned char *p;

    if (!p) {
        static const uint32_t code[] = {
            0xf1000463,     /* 4092: subs x3,x3,#1 */
            0x54ffffe1,     /* 4096: b.ne 4092 */
            0xd65f03c0 };   /*       ret */
        p = code_pages();
        memcpy(p + 4092, code, sizeof code);
        __builtin___clear_cache((char *)p, (char *)p + 8192);
    }
    call_code(fd, p + 4092, n, 0, 0, 0);
}

/* n atomic additions: n branches, 1 + 3n instructions */
void w_lock(int fd, u64 n)
{
    u64 sum = 0, *at = &sum;

    ROUNDS(".arch_extension lse\n 1: ldaddal %[n],x3,[%[sum]]\n subs %[n],%[n],#1\n b.ne 1b\n",
           [n] "+&r" (n), [sum] "+&r" (at));
}
