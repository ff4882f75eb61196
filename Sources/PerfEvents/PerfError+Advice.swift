import SystemPackage

/// The words of an error: what it means here, and what to do.
struct Advice {
    var explanation: String
    var suggestion: String?

    private init(_ explanation: String, _ suggestion: String? = nil) {
        self.explanation = explanation
        self.suggestion = suggestion
    }

    init(for code: PerfError.Code, errno: Errno?, in context: CallContext, facts: PermissionFacts) {
        switch code {
        case .permissionDenied:
            self = Self.permission(context, facts)
        case .notBuiltIn:
            self.init(
                "this kernel was built without perf events", "boot a kernel with CONFIG_PERF_EVENTS=y")
        case .eventUnsupported:
            self = Self.unsupported(context, facts)
        case .lentToGuests:
            self = Self.lending(facts)
        case .periodRefused:
            self = Self.period(context)
        case .memoryLocked:
            self = Self.lockedMemory(facts)
        case .offlineCPU:
            self = Self.offline(context, facts)
        case .tooManyOpenFiles:
            self.init(
                "each counter is an open file, and the limit is \(facts.openFileLimit)",
                "raise it (ulimit -n), or count fewer events at once")
        case .invalidAttributes where context.operation == .open && context.attributes.event.isBreakpoint:
            self.init(
                "the kernel refuses this breakpoint",
                "use an address in user space and a length of 1, 2, 4 or 8 bytes, aligned to the length")
        default:
            self = Self.fixed[code] ?? Advice("the kernel gave no reason")
        }
    }

    /// Words that do not depend on the machine.
    private static let fixed: [PerfError.Code: Advice] = [
        .blockedBySeccomp: Advice(
            "a seccomp filter blocks perf_event_open, as container runtimes do",
            "run outside the container, or with --cap-add PERFMON and a profile that allows perf_event_open"),
        .noPMU: Advice(
            "the kernel offers no core PMU, as in most virtual machines",
            "run on bare metal, or give the guest a virtual PMU (QEMU with KVM: -cpu host,pmu=on)"),
        .samplingUnsupported: Advice(
            "this PMU counts the event but cannot interrupt on it", "count it without a period"),
        .counterInUse: Advice(
            "another user holds the counter exclusively",
            "stop other users of the PMU (perf, a profiler), or turn the NMI watchdog off "
                + "(sysctl kernel.nmi_watchdog=0)"),
        .breakpointSlots: Advice(
            "all breakpoint registers are taken (x86 has 4 per thread)",
            "stop debuggers of this thread, or count fewer breakpoints at once"),
        .invalidAttributes: Advice(
            "the attributes contradict each other, or this kernel is too old for one of them",
            "leave out attributes one by one"),
        .noSuchThread: Advice("there is no thread with that id", "it may have ended: look in /proc"),
        .outOfMemory: Advice("the kernel is out of memory"),
        .notScheduled: Advice(
            "the read gave no bytes: the pinned event did not get its counter",
            "stop other users of the PMU (perf, a profiler, the NMI watchdog)"),
        .shortRead: Advice("the kernel's answer is not as long as the read format says"),
        .multiplexed: Advice(
            "the event was not on a counter all the time, so its count is not exact",
            "count fewer events at once, or pin the event"),
    ]

    private static func permission(_ context: CallContext, _ facts: PermissionFacts) -> Advice {
        let run = "run as root"
        guard let paranoid = facts.limits.perfEventParanoid else {
            return Advice("the kernel refuses", "\(run), or with CAP_PERFMON (Linux 5.8 and later)")
        }
        let setting = "perf_event_paranoid is \(paranoid)"
        if facts.deniesEveryone {
            return Advice(
                "\(setting), which on this distribution's kernel refuses everyone without CAP_SYS_ADMIN",
                "\(run), or: sysctl kernel.perf_event_paranoid=2")
        }
        if facts.hasPerformanceMonitoring {
            return Advice(
                "\(setting) and the process has the capability, so a security module, kernel lockdown or the target's "
                    + "own protection refuses",
                "see the kernel log (dmesg)")
        }
        let capability = "\(run) or with CAP_PERFMON"
        if context.cpu != nil && context.thread == -1 && paranoid > 0 {
            return Advice(
                "\(setting), and counting all threads of a CPU needs 0 or less",
                "\(capability), or: sysctl kernel.perf_event_paranoid=0")
        }
        if !context.attributes.excludesKernel && paranoid > 1 {
            return Advice(
                "\(setting), and counting in the kernel needs 1 or less",
                "exclude the kernel, or \(capability), or: sysctl kernel.perf_event_paranoid=1")
        }
        return Advice("\(setting), and the target belongs to another user or is protected from tracing", capability)
    }

    private static func unsupported(_ context: CallContext, _ facts: PermissionFacts) -> Advice {
        let event = context.attributes.event
        guard event.needsCorePMU else {
            return Advice(
                "no PMU of this kernel has it", "the PMUs are listed in /sys/bus/event_source/devices")
        }
        let names = facts.corePMUs.joined(separator: ", ")
        return Advice(
            facts.corePMUs.isEmpty
                ? "the kernel offers no core PMU"
                : "the PMU (\(names)) does not support it, or not with these attributes",
            "check the encoding against this CPU's event list")
    }

    private static func lending(_ facts: PermissionFacts) -> Advice {
        let module = facts.lendingModule ?? "kvm"
        return Advice(
            "KVM lends the counters to its guests (\(module).\(SystemFiles.lendingParameter)), and while a guest with a PMU "
                + "exists, the kernel refuses events that count guests too; if there is none, the PMU does not support it",
            "exclude guests (exclude_guest), stop those guests, or load \(module) with "
                + "\(SystemFiles.lendingParameter)=0")
    }

    private static func period(_ context: CallContext) -> Advice {
        let period = context.requestedPeriod ?? 0
        if period == 0 || period > UInt64(Int64.max) {
            return Advice("a period is at least 1 and below 2^63, and this one is \(period)")
        }
        return Advice(
            "the kernel refuses the period \(period): Intel CPUs from Haswell on refuse some below "
                + "\(PerfError.smallestSafePeriod), or below 32",
            "use a period of \(PerfError.smallestSafePeriod) or more")
    }

    private static func lockedMemory(_ facts: PermissionFacts) -> Advice {
        let limit = facts.limits.perfEventMlockKB.map { "\($0) KiB" } ?? "unknown"
        return Advice(
            "ring buffers are locked in memory, and the limit for this user is \(limit) per CPU beyond RLIMIT_MEMLOCK",
            "use a smaller ring, raise ulimit -l, or: sysctl kernel.perf_event_mlock_kb=N")
    }

    private static func offline(_ context: CallContext, _ facts: PermissionFacts) -> Advice {
        let online = facts.onlineCPUs.map { "online are \($0)" } ?? "see /sys/devices/system/cpu/online"
        guard let cpu = context.cpu else { return Advice("the CPU is not there", online) }
        return Advice("CPU \(cpu) is not online or does not exist", online)
    }
}
