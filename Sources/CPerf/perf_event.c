#define _GNU_SOURCE // F_SETSIG, F_SETOWN_EX
#include "perf_event.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

static const unsigned long request_numbers[] = {
    [CPERF_EVENT_ENABLE] = PERF_EVENT_IOC_ENABLE,
    [CPERF_EVENT_DISABLE] = PERF_EVENT_IOC_DISABLE,
    [CPERF_EVENT_RESET] = PERF_EVENT_IOC_RESET,
};

int cperf_event_control(int descriptor, enum cperf_event_request request, int whole_group) {
    unsigned long flags = whole_group ? PERF_IOC_FLAG_GROUP : 0;
    return ioctl(descriptor, request_numbers[request], flags) < 0 ? -errno : 0;
}

int cperf_event_set_period(int descriptor, uint64_t period) {
    return ioctl(descriptor, PERF_EVENT_IOC_PERIOD, &period) < 0 ? -errno : 0;
}

int cperf_event_id(int descriptor, uint64_t *id) {
    return ioctl(descriptor, PERF_EVENT_IOC_ID, id) < 0 ? -errno : 0;
}

ssize_t cperf_event_read(int descriptor, void *buffer, size_t size) {
    ssize_t result = read(descriptor, buffer, size);
    return result < 0 ? -errno : result;
}

int cperf_event_deliver_signal(int descriptor, int signal, pid_t thread) {
    struct f_owner_ex owner = {.type = F_OWNER_TID, .pid = thread};
    // O_ASYNC comes last: no signal may be sent before it is known which and to whom.
    if (fcntl(descriptor, F_SETOWN_EX, &owner) < 0 || fcntl(descriptor, F_SETSIG, signal) < 0)
        return -errno;
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_ASYNC) < 0)
        return -errno;
    return 0;
}

int cperf_ring_map(int descriptor, size_t size, void **address) {
    void *mapping = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (mapping == MAP_FAILED)
        return -errno;
    *address = mapping;
    return 0;
}

int cperf_ring_unmap(void *address, size_t size) {
    return munmap(address, size) < 0 ? -errno : 0;
}

int cperf_descriptor_close(int descriptor) {
    return close(descriptor) < 0 ? -errno : 0;
}
