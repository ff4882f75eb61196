/*
 * Loops whose counts are known. Each enables fd's group, does its work and disables it, in one
 * piece of assembly with no other branch in it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pmutest.h"

#include <linux/perf_event.h>
#include <string.h>
#include <sys/mman.h>

/* PERF_IOC_FLAG_GROUP is 1: rdx. */
#define ENABLE_ASM \
    "mov $16,%%eax\n mov %k[fd],%%edi\n mov %[en],%%esi\n mov $1,%%edx\n syscall\n"
#define DISABLE_ASM \
    "mov $16,%%eax\n mov %k[fd],%%edi\n mov %[dis],%%esi\n mov $1,%%edx\n syscall\n"
#define IO_OPS \
    [fd] "r" ((u64)fd), [en] "i" (PERF_EVENT_IOC_ENABLE), \
    [dis] "i" (PERF_EVENT_IOC_DISABLE)
#define CLOB "rax", "rcx", "rdx", "rsi", "rdi", "r11", "r10", "r14", "memory", "cc"

void w_decjnz(int fd, u64 n)
{
    asm volatile(ENABLE_ASM "1: dec %[n]\n jnz 1b\n" DISABLE_ASM
                 : [n] "+&r" (n) : IO_OPS : CLOB);
}

/* n times: one jcc taken, two not taken, one jmp, one call, one ret */
void w_mixed(int fd, u64 n)
{
    asm volatile(ENABLE_ASM
                 "jmp 1f\n"
                 "5: ret\n"
                 "1: cmp %[n],%[n]\n jne 1b\n js 1b\n"
                 "jmp 3f\n 3: \n call 5b\n"
                 "dec %[n]\n jnz 1b\n" DISABLE_ASM
                 : [n] "+&r" (n) : IO_OPS : CLOB);
}

/* near jcc (0f 8x), far enough */
void w_near(int fd, u64 n)
{
    asm volatile(ENABLE_ASM "1: dec %[n]\n .byte 0x0f,0x84\n .long 2f-.-4\n"
                 "jnz 1b\n 2:\n" DISABLE_ASM
                 : [n] "+&r" (n) : IO_OPS : CLOB);
}

void w_loop(int fd, u64 n)
{
    asm volatile(ENABLE_ASM "mov %[n],%%rcx\n 1: loop 1b\n" DISABLE_ASM
                 : [n] "+&r" (n) : IO_OPS : CLOB);
}

/* n times: jrcxz not taken, jecxz not taken, loopne; then one jrcxz taken */
void w_jcxz(int fd, u64 n)
{
    asm volatile(ENABLE_ASM "mov %[n],%%rcx\n test %%rsp,%%rsp\n"
                 "1: jrcxz 2f\n jecxz 2f\n loopne 1b\n 2: jrcxz 3f\n nop\n 3:\n"
                 DISABLE_ASM
                 : [n] "+&r" (n) : IO_OPS : CLOB);
}

/* n times: rep movsb of 64, repne scasb, one jnz */
void w_rep(int fd, u64 n)
{
    static char a[64], b[64];

    asm volatile(ENABLE_ASM
                 "1: mov $64,%%ecx\n mov %[a],%%rsi\n mov %[b],%%rdi\n rep movsb\n"
                 "mov $64,%%ecx\n mov %[b],%%rdi\n mov $1,%%al\n repne scasb\n"
                 "mov $0,%%ecx\n rep stosb\n"
                 "dec %[n]\n jnz 1b\n" DISABLE_ASM
                 : [n] "+&r" (n)
                 : IO_OPS, [a] "r" (a), [b] "r" (b) : CLOB);
}

/* n times: one getppid, one jnz */
void w_syscall(int fd, u64 n)
{
    asm volatile(ENABLE_ASM "1: mov $110,%%eax\n syscall\n dec %[n]\n jnz 1b\n"
                 DISABLE_ASM
                 : [n] "+&r" (n) : IO_OPS : CLOB);
}

/* n times: one sched_yield, m branches */
void w_yield(int fd, u64 n, u64 m)
{
    asm volatile(ENABLE_ASM "1: mov $24,%%eax\n syscall\n"
                 "mov %[m],%%rdx\n 2: dec %%rdx\n jnz 2b\n"
                 "dec %[n]\n jnz 1b\n" DISABLE_ASM
                 : [n] "+&r" (n) : IO_OPS, [m] "r" (m) : CLOB);
}

/* n page faults: touch n fresh pages, on a push, in a call */
void w_fault(int fd, u64 n)
{
    char *p = mmap(NULL, (n + 1) * 4096, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        die("mmap");
    madvise(p, (n + 1) * 4096, MADV_NOHUGEPAGE);
    char *top = p + n * 4096;

    /* rsp walks down, one page a call: the call faults, is restarted */
    asm volatile(ENABLE_ASM
                 "mov %%rsp,%%r14\n jmp 1f\n 5: ret\n"
                 "1: mov %[p],%%rsp\n call 5b\n sub $4096,%[p]\n"
                 "dec %[n]\n jnz 1b\n mov %%r14,%%rsp\n" DISABLE_ASM
                 : [n] "+&r" (n), [p] "+&r" (top) : IO_OPS : CLOB);
    munmap(p, (n + 1) * 4096);
}

/* exactly known number of instructions: 1 + 5n; after enable, before disable */
void w_insn(int fd, u64 n)
{
    asm volatile(ENABLE_ASM
                 "xor %%eax,%%eax\n"
                 "1: inc %%rax\n  lea 1(%%rax),%%rdx\n nop\n"
                 "dec %[n]\n jnz 1b\n" DISABLE_ASM
                 : [n] "+&r" (n) : IO_OPS : CLOB);
}

/* code that patches itself (its own page) once a round: n branches */
void w_smc(int fd, u64 n)
{
    static unsigned char *p;

    if (!p) {
        p = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        /* 0: mov [rip+x], dil (the immediate of the mov below)
           dec rsi; mov al, imm8; jnz 0; ret */
        static const unsigned char c[] = {
            0x40, 0x88, 0x3d, 4, 0, 0, 0,       /* mov [rip+4],dil -> byte 11 */
            0x48, 0xff, 0xce,                   /* dec rsi */
            0xb0, 0x00,                         /* mov al,imm8 (byte 11) */
            0x75, 0xf2,                         /* jnz 0 */
            0xc3 };
        memcpy(p, c, sizeof c);
    }
    asm volatile("sub $128,%%rsp\n" ENABLE_ASM
                 "mov %[n],%%rsi\n call *%[p]\n" DISABLE_ASM "add $128,%%rsp\n"
                 : [n] "+&r" (n) : IO_OPS, [p] "r" (p) : CLOB);
}

/* a near jcc lying across a page boundary, jumping between two pages */
void w_cross(int fd, u64 n)
{
    static unsigned char *p;

    if (!p) {
        p = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        unsigned char *q = p + 4096 - 6;
        static const unsigned char c[] = {
            0x48, 0xff, 0xce,                   /* 4090: dec rsi */
            0x0f, 0x85, 0xf7, 0xff, 0xff, 0xff, /* jnz 4090 */
            0x74, 0x00,                         /* jz +0 */
            0xc3 };
        memcpy(q, c, sizeof c);
    }
    asm volatile("sub $128,%%rsp\n" ENABLE_ASM
                 "mov %[n],%%rsi\n call *%[p]\n" DISABLE_ASM "add $128,%%rsp\n"
                 : [n] "+&r" (n) : IO_OPS, [p] "r" (p + 4096 - 6) : CLOB);
}

/*
 * n branches in 32-bit code, reached and left by a far jump.  An interrupt there
 * may cut rsp to 32 bits.  (Not by a far
 * call: QEMU 7.2 gets its stack accesses wrong in user mode.)
 */
asm(".data\n.balign 16\nw32_ptr: .long w32_code\n .word 0x23\n.text\n"
    ".code32\nw32_code: 1: dec %ecx\n jnz 1b\n ljmp $0x33,$w32_back\n.code64\n");

void __attribute__((noinline)) w_compat(int fd, u64 n)
{
    asm volatile(ENABLE_ASM
                 "mov %%rsp,%%r14\n mov %k[n],%%ecx\n ljmp *w32_ptr\n .globl w32_back\n w32_back: mov %%r14,%%rsp\n" DISABLE_ASM
                 : [n] "+&r" (n) : IO_OPS : CLOB);
}

/* n locked increments of an unaligned word across a cache line (and page) */
void w_lock(int fd, u64 n)
{
    static char a[8192] __attribute__((aligned(4096)));

    asm volatile(ENABLE_ASM "1: lock incq (%[a])\n dec %[n]\n jnz 1b\n" DISABLE_ASM
                 : [n] "+&r" (n) : IO_OPS, [a] "r" (a + 61) : CLOB);
    if (*(u64 *)(a + 61) != n) { /* keep a alive */ }
}
