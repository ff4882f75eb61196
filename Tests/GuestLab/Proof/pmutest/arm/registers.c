/*
 * The PMU's truth on Arm: system registers that EL0 may read (README.md).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "../pmutest.h"

#include <errno.h>

#define REG(M, P) \
    case (M - 8) * 8 + P: asm volatile("mrs %0, S3_3_C15_C" #M "_" #P : "=r" (v)); break;
#define EIGHT(M) REG(M, 0) REG(M, 1) REG(M, 2) REG(M, 3) REG(M, 4) REG(M, 5) REG(M, 6) REG(M, 7)

/* The number is part of the instruction, so each has one of its own. */
static u64 truth(unsigned i)
{
    u64 v = 0;

    switch (i) {
    EIGHT(8) EIGHT(9) EIGHT(10) EIGHT(11) EIGHT(12) EIGHT(13) EIGHT(14) EIGHT(15)
    }
    return v;
}

/* The calling process has to be on the CPU whose truth it asks for. */
u64 rdmsr(int cpu, uint32_t msr)
{
    if (cpu >= 0)
        pin(cpu);
    return truth(msr - LAB_MSR);
}

int wrmsr(int cpu, uint32_t msr, u64 v)
{
    return -ENOSYS;
}

u64 lab(int i) { return truth(i); }
int all_counted(void) { return lab(R_ALL); }
