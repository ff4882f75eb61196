#define _GNU_SOURCE
#include "include/register_guard.h"

#include "interrupted_call.h"
#include "plain_child.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>

/// One call that fails is no reason to leave a register behind.
static const int restore_tries = 3;

/// The read-back: another writer of the register may have changed other bits meanwhile, and those are not ours.
static int restore(int device, uint32_t address, uint64_t mask, uint64_t value) {
    uint64_t now;
    if (pread(device, &now, sizeof now, address) != sizeof now) return -1;
    now = (now & ~mask) | (value & mask);
    if (pwrite(device, &now, sizeof now, address) != sizeof now) return -1;
    if (pread(device, &now, sizeof now, address) != sizeof now) return -1;
    return (now & mask) == (value & mask) ? 0 : -1;
}

static _Noreturn void guard_until_release(int device, int lifeline, uint32_t address, uint64_t mask, uint64_t value) {
    // Ctrl-C goes to the whole process group; the guard has to outlive it.
    setsid();
    // It keeps the device and the lifeline alone, or where that fails everything: it needs those two.
    int high_device = fcntl(device, F_DUPFD, 3), high_lifeline = fcntl(lifeline, F_DUPFD, 3);
    if (high_device >= 0 && high_lifeline >= 0) {
        device = high_device, lifeline = high_lifeline;
        if (dup2(high_device, 0) == 0 && dup2(high_lifeline, 1) == 1) {
            close_descriptors_from(2);
            device = 0, lifeline = 1;
        }
    }
    char byte;
    ssize_t got;
    int tries = CPERF_INTERRUPTED_TRIES;
    do {
        got = read(lifeline, &byte, 1);
    } while (got < 0 && --tries > 0);
    // A guard that cannot wait restores too early, which is a failure all the same: the fault was not there to the end.
    int restored = -1;
    for (tries = restore_tries; restored < 0 && tries > 0; tries--) restored = restore(device, address, mask, value);
    _exit(restored == 0 && got >= 0 ? 0 : 1);
}

int cperf_register_guard_start(int device, uint32_t address, uint64_t mask, uint64_t value,
                               struct cperf_register_guard *guard) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) return -errno;
    // Its signals stay blocked: none may end it before it has restored.
    pid_t process = start_plain_child();
    if (process == 0) {
        close(ends[1]);
        guard_until_release(device, ends[0], address, mask, value);
    }
    close(ends[0]);
    if (process < 0) {
        close(ends[1]);
        return process;
    }
    guard->process = process;
    guard->lifeline = ends[1];
    return 0;
}

int cperf_register_guard_release(struct cperf_register_guard *guard) {
    // It ends the stream whoever else still holds this end; the close alone would not.
    shutdown(guard->lifeline, SHUT_WR);
    close(guard->lifeline);
    int status;
    int tries = CPERF_INTERRUPTED_TRIES;
    while (waitpid(guard->process, &status, 0) < 0)
        if (errno != EINTR || --tries == 0) return -errno;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}
