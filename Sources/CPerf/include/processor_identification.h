// The CPUID instruction, executed on a chosen CPU. Not named cpuid.h: that is the compiler's own header, which a
// file of that name on the include path would hide. No policy.
#ifndef CPERF_PROCESSOR_IDENTIFICATION_H
#define CPERF_PROCESSOR_IDENTIFICATION_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint32_t eax, ebx, ecx, edx;
} cperf_cpuid_registers;

/// Executes CPUID on `cpu` and returns the calling thread to the CPUs that it may run on. False where the
/// architecture has no CPUID or the thread cannot run there. Leaves above the CPU's highest answer with the
/// data of another leaf (SDM vol. 2, CPUID): ask leaf 0, 0x40000000 or 0x80000000 first.
bool cperf_cpuid(int cpu, uint32_t leaf, uint32_t subleaf, cperf_cpuid_registers *registers);

#endif
