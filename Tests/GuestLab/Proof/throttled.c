// throttled: does a throttled event that is moved to another counter go on from where it stood?
//
// Linux stops an event that interrupts too often, until the next tick. From a4eaf7f14675 (2010) to f1cac6ac62d2 (March 2026)
// one that was moved meanwhile went on from what its new counter happened to hold. Here a pinned event before the sampler is
// disabled and one behind it enabled, and the other way round, which moves the sampler; a bystander counts beside them.
// usage: throttled EVENT, with kernel.perf_event_max_sample_rate at 1000
// Exit status: 0 the sampler counts at most what the bystander does, 1 it counts more, 2 nothing was throttled or cannot run.
#define _GNU_SOURCE
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PERIOD = 20000, ROUNDS = 4, PAGES = 512, PAGE = 4096 };
static const long lengths[2] = {2000000, 4000000};

static int open_event(uint64_t config, uint64_t period, int pinned) {
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_RAW, .size = sizeof attributes, .config = config, .disabled = 1, .pinned = pinned,
        .exclude_kernel = 1, .exclude_hv = 1, .sample_period = period, .sample_type = period ? PERF_SAMPLE_IP : 0,
    };
    int descriptor = syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
    if (descriptor < 0) {
        perror("perf_event_open");
        exit(2);
    }
    return descriptor;
}

static void branches(long n) { __asm__ volatile("1: dec %0; jnz 1b" : "+r"(n)); }

int main(int argc, char **argv) {
    uint64_t event = argc > 1 ? strtoull(argv[1], 0, 0) : 0x1c4;
    int before = open_event(event, 0, 1), sampler = open_event(event, PERIOD, 1), bystander = open_event(event, 0, 1);
    int behind = open_event(event, 0, 0);
    struct perf_event_mmap_page *ring = mmap(0, (PAGES + 1) * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, sampler, 0);
    if (ring == MAP_FAILED) {
        perror("mmap");
        return 2;
    }
    ioctl(before, PERF_EVENT_IOC_ENABLE, 0);
    ioctl(sampler, PERF_EVENT_IOC_ENABLE, 0);
    ioctl(bystander, PERF_EVENT_IOC_ENABLE, 0);
    for (int i = 0; i < ROUNDS; i++) {
        branches(lengths[0]);
        ioctl(before, PERF_EVENT_IOC_DISABLE, 0);
        ioctl(behind, PERF_EVENT_IOC_ENABLE, 0);
        branches(lengths[1]);
        ioctl(behind, PERF_EVENT_IOC_DISABLE, 0);
        ioctl(before, PERF_EVENT_IOC_ENABLE, 0);
    }
    ioctl(sampler, PERF_EVENT_IOC_DISABLE, 0);
    ioctl(bystander, PERF_EVENT_IOC_DISABLE, 0);

    uint64_t sampled, counted, throttled = 0;
    if (read(sampler, &sampled, sizeof sampled) != sizeof sampled || read(bystander, &counted, sizeof counted) != sizeof counted)
        return 2;
    char *data = (char *)ring + PAGE;
    for (uint64_t tail = 0; tail < ring->data_head;) {
        struct perf_event_header *record = (void *)(data + tail % (PAGES * PAGE));
        throttled += record->type == PERF_RECORD_THROTTLE;
        tail += record->size;
    }
    printf("retired in loops %ld, bystander %llu, throttled %llu times, sampler %llu\n",
           ROUNDS * (lengths[0] + lengths[1]), (unsigned long long)counted, (unsigned long long)throttled,
           (unsigned long long)sampled);
    return throttled == 0 ? 2 : sampled > counted;
}
