# What perf hands to a script (perf-script-python(1)): the fields of which it prints nothing elsewhere.


def throttle(time, event, stream, cpu, process, thread):
    print("throttle", time, event, stream, cpu, process, thread)


def unthrottle(time, event, stream, cpu, process, thread):
    print("unthrottle", time, event, stream, cpu, process, thread)


def context_switch(time, cpu, process, thread, other_process, other_thread, machine, out, preempted, *more):
    print("switch", time, cpu, process, thread, other_process, other_thread, int(out), int(preempted))
