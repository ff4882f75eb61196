// The kernel's header has to come first: libpfm4 brings a copy of its own whose guards work only in
// this order, and this way there is one perf_event_attr for all modules.
#include <linux/perf_event.h>
#include <perfmon/pfmlib.h>
#include <perfmon/pfmlib_perf_event.h>
