// The peer of truecount's recorder: a tracer that a C programmer would write by hand for the same stops, and nothing more.
#ifndef TRACER_H
#define TRACER_H

#include <stdint.h>

/// Address of the branch that closes the traced program's loop, and the one that a breakpoint counts.
uintptr_t bare_traced_site(void);

/// Starts a child that runs so many segments of one iteration, drawn by the generator of truecount's program from `seed`:
/// each is ended by a system call, a signal or a fault. Traces it on this CPU with the counter of `attributes` on its
/// thread, and reads the counter and the registers at each event. The counts at the events are added up in `sum`.
/// 0, or -errno.
int bare_trace(const void *attributes, uint64_t segments, uint64_t seed, uint64_t *sum);

#endif
