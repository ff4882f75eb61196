import Glibc

/// What of this machine decides whether an event may be opened, as far as it can be read without privileges.
///
/// A value, so that every sentence which depends on it can be tested without the machine that would cause it.
public struct PermissionFacts: Sendable, Hashable {
    /// /proc/sys/kernel/perf_event_paranoid; nil on a kernel without perf events (or without /proc).
    public var paranoid: Int?
    /// The bits of `CapEff` in /proc/self/status.
    public var effectiveCapabilities: UInt64
    /// `Seccomp` in /proc/self/status: 0 none, 1 strict, 2 a filter.
    public var seccompMode: Int
    /// The soft limit of `RLIMIT_NOFILE`.
    public var openFileLimit: UInt64
    /// /proc/sys/kernel/perf_event_mlock_kb: KiB of ring buffer each user may lock per CPU.
    public var lockableKibibytes: Int?
    /// CPUs that are online; nil where sysfs does not say.
    public var onlineCPUs: CPUList?
    /// Names of the core PMUs that the kernel offers.
    public var corePMUs: [String]

    public init(
        paranoid: Int? = 2, effectiveCapabilities: UInt64 = 0, seccompMode: Int = 0, openFileLimit: UInt64 = 1024,
        lockableKibibytes: Int? = 516, onlineCPUs: CPUList? = nil, corePMUs: [String] = []
    ) {
        self.paranoid = paranoid
        self.effectiveCapabilities = effectiveCapabilities
        self.seccompMode = seccompMode
        self.openFileLimit = openFileLimit
        self.lockableKibibytes = lockableKibibytes
        self.onlineCPUs = onlineCPUs
        self.corePMUs = corePMUs
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
            paranoid: files.number("/proc/sys/kernel/perf_event_paranoid"),
            effectiveCapabilities: status.effectiveCapabilities ?? 0,
            seccompMode: status.seccompMode ?? 0,
            openFileLimit: hasLimit ? UInt64(limit.rlim_cur) : 0,
            lockableKibibytes: files.number("/proc/sys/kernel/perf_event_mlock_kb"),
            onlineCPUs: files.cpuList("/sys/devices/system/cpu/online"),
            corePMUs: PMUDevice.corePMUs(files: files).map(\.name))
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
    public var deniesEveryone: Bool { (paranoid ?? 0) > 2 && !hasSystemAdministration }
}
