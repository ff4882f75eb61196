import Glibc

/// The kernel's own settings for perf events: files of `/proc/sys/kernel`. What cannot be read is absent.
public struct PerfLimits: Codable, Sendable, Hashable {
    /// Nil on a kernel without perf events (or without /proc).
    public var perfEventParanoid: Int?
    /// PMIs per second and CPU above which the kernel throttles. It lowers the number by itself.
    public var perfEventMaxSampleRate: Int?
    /// Percent; 0 and 100 keep the kernel from lowering the rate.
    public var perfCPUTimeMaxPercent: Int?
    /// KiB of ring buffers each user may lock per CPU.
    public var perfEventMlockKB: Int?
    public var nmiWatchdog: Int?
    /// Seconds.
    public var watchdogThreshold: Int?

    public init(perfEventParanoid: Int? = nil, perfEventMlockKB: Int? = nil) {
        self.perfEventParanoid = perfEventParanoid
        self.perfEventMlockKB = perfEventMlockKB
    }

    package init(files: SystemFiles) {
        func number(_ name: String) -> Int? { files.number("/proc/sys/kernel/\(name)") }
        perfEventParanoid = number("perf_event_paranoid")
        perfEventMaxSampleRate = number("perf_event_max_sample_rate")
        perfCPUTimeMaxPercent = number("perf_cpu_time_max_percent")
        perfEventMlockKB = number("perf_event_mlock_kb")
        nmiWatchdog = number("nmi_watchdog")
        watchdogThreshold = number("watchdog_thresh")
    }
}

/// What of this machine decides whether an event may be opened, as far as it can be read without privileges.
///
/// A value, so that every sentence which depends on it can be tested without the machine that would cause it.
public struct PermissionFacts: Sendable, Hashable {
    public var limits: PerfLimits
    /// The bits of `CapEff` in /proc/self/status.
    public var effectiveCapabilities: UInt64
    /// `Seccomp` in /proc/self/status: 0 none, 1 strict, 2 a filter.
    public var seccompMode: Int
    /// The soft limit of `RLIMIT_NOFILE`.
    public var openFileLimit: UInt64
    /// CPUs that are online; nil where sysfs does not say.
    public var onlineCPUs: CPUList?
    /// Names of the core PMUs that the kernel offers.
    public var corePMUs: [String]
    /// The module of KVM that lends the core PMU's counters to its guests (mediated vPMU); nil where none does.
    public var lendingModule: String?

    public init(
        limits: PerfLimits = PerfLimits(perfEventParanoid: 2, perfEventMlockKB: 516),
        effectiveCapabilities: UInt64 = 0, seccompMode: Int = 0, openFileLimit: UInt64 = 1024,
        onlineCPUs: CPUList? = nil, corePMUs: [String] = [], lendingModule: String? = nil
    ) {
        self.limits = limits
        self.effectiveCapabilities = effectiveCapabilities
        self.seccompMode = seccompMode
        self.openFileLimit = openFileLimit
        self.onlineCPUs = onlineCPUs
        self.corePMUs = corePMUs
        self.lendingModule = lendingModule
    }

    /// The facts of this process on this machine, now.
    public static func current() -> PermissionFacts {
        of(files: SystemFiles())
    }

    static func of(files: SystemFiles) -> PermissionFacts {
        let status = ProcessStatus(files: files)
        var limit = rlimit()
        let hasLimit = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        return PermissionFacts(
            limits: PerfLimits(files: files), effectiveCapabilities: status.effectiveCapabilities ?? 0,
            seccompMode: status.seccompMode ?? 0,
            openFileLimit: hasLimit ? UInt64(limit.rlim_cur) : 0,
            onlineCPUs: files.cpuList("/sys/devices/system/cpu/online"),
            corePMUs: PMUDevice.corePMUs(files: files).map(\.name),
            lendingModule: SystemFiles.modulesThatLendCounters.first {
                files.text("/sys/module/\($0)/parameters/\(SystemFiles.lendingParameter)") == "Y"
            })
    }

    /// CAP_SYS_ADMIN, the only capability that the levels above 2 of Debian and Ubuntu let pass.
    public var hasSystemAdministration: Bool { Capability.systemAdministration.isIn(effectiveCapabilities) }
    /// CAP_PERFMON (Linux 5.8), or CAP_SYS_ADMIN which includes it.
    public var hasPerformanceMonitoring: Bool {
        hasSystemAdministration || Capability.performanceMonitoring.isIn(effectiveCapabilities)
    }
    /// A seccomp filter is installed, as container runtimes do.
    public var isFiltered: Bool { seccompMode == 2 }
    /// Level 3 (Debian) and level 4 (Ubuntu) are distribution patches: upstream's scale ends at 2.
    public var deniesEveryone: Bool { (limits.perfEventParanoid ?? 0) > 2 && !hasSystemAdministration }
}

extension SystemFiles {
    /// Modules with a parameter by which guests get the counters themselves (kernel commit 860bcb1021f5, merged February
    /// 2026).
    package static let modulesThatLendCounters = ["kvm_intel", "kvm_amd"]
    package static let lendingParameter = "enable_mediated_pmu"
}

/// What /proc/self/status says of this process's rights (proc_pid_status(5)).
package struct ProcessStatus: Sendable, Hashable {
    /// The bits of `CapEff`; nil where they cannot be read.
    package let effectiveCapabilities: UInt64?
    /// `Seccomp`: 0 none, 1 strict, 2 a filter. Nil where it cannot be read: a kernel without seccomp has no such line.
    package let seccompMode: Int?

    package init(files: SystemFiles) {
        self.init(text: files.text("/proc/self/status") ?? "")
    }

    init(text: String) {
        var fields: [Substring: String] = [:]
        for line in text.split(separator: "\n") {
            let halves = line.split(separator: ":", maxSplits: 1)
            if halves.count == 2 { fields[halves[0]] = String(halves[1]).trimmed }
        }
        effectiveCapabilities = fields["CapEff"].flatMap { UInt64($0, radix: 16) }
        seccompMode = fields["Seccomp"].flatMap { Int($0) }
    }

    /// Whether the process has a capability; nil where that cannot be read.
    package func has(_ capability: Capability) -> Bool? {
        effectiveCapabilities.map(capability.isIn)
    }
}

/// The capabilities that perf events ask for (capabilities(7)), by their numbers in linux/capability.h.
package enum Capability: UInt64, Sendable {
    case systemAdministration = 21
    /// Since Linux 5.8.
    case performanceMonitoring = 38

    package func isIn(_ capabilities: UInt64) -> Bool { capabilities >> rawValue & 1 == 1 }
}
