#define _GNU_SOURCE
#include "processor_identification.h"

#include <sched.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>

bool cperf_cpuid(int cpu, uint32_t leaf, uint32_t subleaf, cperf_cpuid_registers *registers) {
    cpu_set_t before, wanted;
    if (cpu < 0 || cpu >= CPU_SETSIZE || sched_getaffinity(0, sizeof(before), &before) != 0) return false;
    CPU_ZERO(&wanted);
    CPU_SET(cpu, &wanted);
    if (sched_setaffinity(0, sizeof(wanted), &wanted) != 0) return false;
    __cpuid_count(leaf, subleaf, registers->eax, registers->ebx, registers->ecx, registers->edx);
    return sched_setaffinity(0, sizeof(before), &before) == 0;
}
#else
bool cperf_cpuid(int cpu, uint32_t leaf, uint32_t subleaf, cperf_cpuid_registers *registers) {
    (void)cpu;
    (void)leaf;
    (void)subleaf;
    memset(registers, 0, sizeof(*registers));
    return false;
}
#endif
