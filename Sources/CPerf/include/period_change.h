// A change of the period of an event that is enabled, with nothing counted around it.
#ifndef CPERF_PERIOD_CHANGE_H
#define CPERF_PERIOD_CHANGE_H

#include <stdint.h>

/// Enables the event, sets its period (PERF_EVENT_IOC_PERIOD) and disables it, without a branch in user space between
/// the first and the last. 0, or -errno of the first that was refused.
int cperf_event_change_period(int descriptor, uint64_t period);

#endif
