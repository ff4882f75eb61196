// A process that puts one bit of a model-specific register back when its maker ends, however that ends.
#ifndef CPERF_REGISTER_GUARD_H
#define CPERF_REGISTER_GUARD_H

#include <stdint.h>
#include <sys/types.h>

struct cperf_register_guard {
    pid_t process;
    /// Its end tells the guard to restore; so does the maker's death, by any signal.
    int lifeline;
};

/// Starts a guard over the bits of `mask` in the register at `address` of the msr device `device`, which it will set
/// as they are in `value`. 0, or -errno.
int cperf_register_guard_start(int device, uint32_t address, uint64_t mask, uint64_t value,
                               struct cperf_register_guard *guard);

/// Lets the guard restore and waits for it: 0 if the register was written and reads back right, else -errno or -EIO.
int cperf_register_guard_release(struct cperf_register_guard *guard);

#endif
