#define _GNU_SOURCE
#include "include/processor_identification.h"

#include "include/thread.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>

bool cperf_cpuid(int cpu, uint32_t leaf, uint32_t subleaf, cperf_cpuid_registers *registers) {
    uint64_t before[CPERF_CPU_WORDS] = {0};
    if (cperf_get_affinity(before, CPERF_CPU_WORDS) < 0 || cperf_bind(0, cpu) != 0) return false;
    __cpuid_count(leaf, subleaf, registers->eax, registers->ebx, registers->ecx, registers->edx);
    return cperf_set_affinity(before, CPERF_CPU_WORDS) == 0;
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
