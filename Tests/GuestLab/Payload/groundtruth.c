// groundtruth: print what the emulated PMU knows of itself, a line a value: CPU, index, value, all decimal; and
// IA32_DEBUGCTL, which truecount may change and has to put back, with the MSR's own number as its index.
//
// The PMU keeps the truth in made-up read-only MSRs, 0x504D5500 + index (README.md, "The truth, in made-up MSRs").
// A guest without the PMU answers #GP, which pread reports as EIO: none of them is printed then, and the status is 0.
// Exit status: 0, or 1 where the msr driver is missing or an index is not readable in the middle of the list.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

static const uint32_t first_msr = 0x504d5500;
static const uint64_t magic = 0x5155504d55313031;
static const uint32_t ia32_debugctl = 0x1d9;
static const uint32_t last_index = 0x3a;

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

int main(void) {
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    int failed = 0;
    for (long cpu = 0; cpu < cpus; cpu++)
        failed |= print_cpu(cpu);
    return failed;
}
