#include "perf_event.h"
