// groundtruth: print what the emulated PMU knows of itself, a line a value: CPU, index, value, all decimal; and on x86
// IA32_DEBUGCTL, which truecount may change and has to put back, with the MSR's own number as its index.
//
// The PMU keeps the truth in made-up read-only registers (README.md, "The truth, in made-up registers"): on x86 the MSRs
// 0x504D5500 + index, on Arm the system registers S3_3_C15_C<8 + index / 8>_<index % 8>, which EL0 may read.
// A guest without the PMU answers #GP, which pread reports as EIO, or SIGILL: none of them is printed then, and the
// status is 0.
// Exit status: 0, or 1 where the msr driver is missing, a CPU cannot be run on, or an index is not readable in the
// middle of the list.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

static const uint64_t magic = 0x5155504d55313031;
static const uint32_t last_index = 0x3a;

#ifdef __aarch64__

static sigjmp_buf undefined;

static void on_undefined(int signal) {
    (void)signal;
    siglongjmp(undefined, 1);
}

// The register's number is part of the instruction, so each has one of its own.
#define READ(crm, op2)                                                                                                 \
    case (crm - 8) * 8 + op2:                                                                                          \
        __asm__ volatile("mrs %0, S3_3_C15_C" #crm "_" #op2 : "=r"(value));                                            \
        break;
#define READ_EIGHT(crm) \
    READ(crm, 0) READ(crm, 1) READ(crm, 2) READ(crm, 3) READ(crm, 4) READ(crm, 5) READ(crm, 6) READ(crm, 7)

static uint64_t read_register(uint32_t index) {
    uint64_t value = 0;
    switch (index) {
        READ_EIGHT(8)
        READ_EIGHT(9)
        READ_EIGHT(10)
        READ_EIGHT(11)
        READ_EIGHT(12)
        READ_EIGHT(13)
        READ_EIGHT(14)
        READ_EIGHT(15)
    }
    return value;
}

static int print_cpu(long cpu) {
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET((size_t)cpu, &only);
    if (sched_setaffinity(0, sizeof only, &only) != 0) {
        perror("sched_setaffinity");
        return 1;
    }
    if (sigsetjmp(undefined, 1) != 0 || read_register(0) != magic)
        return 0;
    for (uint32_t index = 0; index <= last_index; index++)
        printf("%ld %u %llu\n", cpu, index, (unsigned long long)read_register(index));
    return 0;
}

static void prepare(void) { signal(SIGILL, on_undefined); }

#else

static const uint32_t first_msr = 0x504d5500;
static const uint32_t ia32_debugctl = 0x1d9;

static int print_cpu(long cpu) {
    char path[48];
    snprintf(path, sizeof path, "/dev/cpu/%ld/msr", cpu);
    int driver = open(path, O_RDONLY | O_CLOEXEC);
    if (driver < 0) {
        perror(path);
        return 1;
    }
    int failed = 0;
    for (uint32_t index = 0; index <= last_index && !failed; index++) {
        uint64_t value = 0;
        int is_read = pread(driver, &value, sizeof value, first_msr + index) == sizeof value;
        if (index == 0 && (!is_read || value != magic))
            break;
        failed = !is_read;
        if (is_read)
            printf("%ld %u %llu\n", cpu, index, (unsigned long long)value);
    }
    uint64_t debug_control = 0;
    if (pread(driver, &debug_control, sizeof debug_control, ia32_debugctl) == sizeof debug_control)
        printf("%ld %u %llu\n", cpu, ia32_debugctl, (unsigned long long)debug_control);
    close(driver);
    return failed;
}

static void prepare(void) {}

#endif

int main(void) {
    prepare();
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    int failed = 0;
    for (long cpu = 0; cpu < cpus; cpu++)
        failed |= print_cpu(cpu);
    return failed;
}
