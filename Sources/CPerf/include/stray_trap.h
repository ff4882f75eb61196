// Debug exceptions that no breakpoint event claimed.
#ifndef CPERF_STRAY_TRAP_H
#define CPERF_STRAY_TRAP_H

#include <stdint.h>

/// From now on counts the debug exceptions of this process instead of letting it die of them; every other SIGTRAP goes
/// where it went before. 0, or -errno. Each beginning has its end.
///
/// The kernel sends one where DR6 names a debug register that holds no breakpoint at the moment. KVM before 6.14
/// could load a guest's old DR6 after an exit that it handled in its fast path ("Load the guest's DR6 outside of the
/// innermost .vcpu_run() loop", KVM fixes for 6.14): the guest sees a breakpoint again that it has long dealt with.
int cperf_stray_traps_begin(void);

/// The last end puts back the action that there was.
void cperf_stray_traps_end(void);

/// How many there have been in the calling thread.
uint64_t cperf_stray_traps(void);

#endif
