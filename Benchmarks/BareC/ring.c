#include "bare.h"

#include <linux/perf_event.h>
#include <string.h>

_Static_assert(sizeof(struct bare_sample) == 104, "a header and twelve words");

void bare_ring_fill(void *memory, size_t page_size, size_t data_size, uint64_t start, size_t samples) {
    char *data = (char *)memory + page_size;
    for (size_t index = 0; index < samples; index++) {
        struct bare_sample sample = {
            .type = PERF_RECORD_SAMPLE,
            .flags = PERF_RECORD_MISC_USER,
            .size = sizeof sample,
            .ip = 0x401000 + index,
            .process = 1000,
            .thread = 1001,
            .time = 1000000 * index,
            .cpu = 1,
            .read = {.value = 100 * index, .time_enabled = 5 * index, .time_running = 5 * index},
            .registers_abi = PERF_SAMPLE_REGS_ABI_64,
            .registers = {index, 0x401000 + index, 7 * index, 11 * index},
        };
        size_t offset = (start + index * sizeof sample) & (data_size - 1);
        size_t first = data_size - offset < sizeof sample ? data_size - offset : sizeof sample;
        memcpy(data + offset, &sample, first);
        memcpy(data, (char *)&sample + first, sizeof sample - first);
    }
}

void bare_ring_offer(void *memory, uint64_t tail, uint64_t head) {
    struct perf_event_mmap_page *page = memory;
    page->data_tail = tail;
    __atomic_store_n(&page->data_head, head, __ATOMIC_RELEASE);
}

int64_t bare_ring_drain(void *memory, size_t page_size, size_t data_size, void *scratch, uint64_t *sum) {
    struct perf_event_mmap_page *page = memory;
    char *data = (char *)memory + page_size;
    uint64_t head = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
    uint64_t tail = page->data_tail;
    uint64_t total = 0;
    int64_t samples = 0;
    while (tail != head) {
        size_t offset = tail & (data_size - 1);
        struct perf_event_header *header = (struct perf_event_header *)(data + offset);
        size_t size = header->size;
        if (size < sizeof *header || size % 8 != 0 || size > head - tail)
            return -1;
        const char *record = data + offset;
        if (offset + size > data_size) {
            memcpy(scratch, record, data_size - offset);
            memcpy((char *)scratch + (data_size - offset), data, size - (data_size - offset));
            record = scratch;
        }
        if (header->type == PERF_RECORD_SAMPLE) {
            const struct bare_sample *sample = (const struct bare_sample *)record;
            if (size < sizeof *sample || sample->registers_abi == PERF_SAMPLE_REGS_ABI_NONE)
                return -1;
            total += sample->time + sample->cpu + sample->read.value;
            total += sample->registers[0] + sample->registers[1] + sample->registers[2] + sample->registers[3];
            samples++;
        }
        tail += size;
    }
    __atomic_store_n(&page->data_tail, tail, __ATOMIC_RELEASE);
    *sum = total;
    return samples;
}
