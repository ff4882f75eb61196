import CPerf
import Glibc
import PerfEvents

extension Machine.Kernel {
    init(_ files: SystemFiles, _ name: SystemName?) {
        release = files.text("/proc/sys/kernel/osrelease") ?? name?.release
        version = files.text("/proc/sys/kernel/version") ?? name?.version
        banner = files.text("/proc/version")
        tainted = files.number("/proc/sys/kernel/tainted")
        taints = tainted.map(Self.taints)
        commandLine = files.text("/proc/cmdline")
        bootParameters = BootParameter.parse(commandLine: commandLine ?? "")
        configuration = release.flatMap { Self.configuration(of: $0, files) }
        modules = files.text("/proc/modules").map(Self.modules)
        log = Self.log(files)
        moduleParameters = Self.moduleParameters(files)
        clockSource = files.text("/sys/devices/system/clocksource/clocksource0/current_clocksource")
        perfVersion = files.isThisMachine ? Self.output(of: ["perf", "--version"]) : nil
    }

    /// Documentation/admin-guide/tainted-kernels.rst: bit, letter, what happened.
    private static let taintBits = [
        "P: a proprietary module was loaded", "F: a module was loaded by force",
        "S: the kernel runs on a system out of specification", "R: a module was unloaded by force",
        "M: a CPU reported a machine check", "B: a bad page was found", "U: user space asked for the taint",
        "D: the kernel died before (oops)", "A: an ACPI table was overridden", "W: the kernel gave a warning",
        "C: a staging driver was loaded", "I: a workaround for a firmware bug is in use",
        "O: a module from outside the tree was loaded", "E: an unsigned module was loaded", "L: a CPU was stuck",
        "K: the kernel was live patched", "X: the distribution's own taint", "T: built with struct randomisation",
        "N: an in-kernel test was run", "J: user space used a mutating debug operation of fwctl",
    ]

    static func taints(_ bits: UInt64) -> [String] {
        (0..<64).filter { bits >> UInt64($0) & 1 == 1 }.map { bit in
            taintBits.indices.contains(bit) ? taintBits[bit] : "bit \(bit), which this version does not know"
        }
    }

    /// Options that concern counting, PMIs, ticks or who else uses the PMU; all that begin with one of these.
    private static let optionPrefixes = [
        "PERF_EVENTS", "HW_PERF_EVENTS", "HAVE_PERF_EVENTS_NMI", "HARDLOCKUP_DETECTOR", "KVM=", "KVM_INTEL", "KVM_AMD",
        "KVM_GUEST", "PARAVIRT=", "HZ", "NO_HZ", "PREEMPT", "X86_MSR", "VIRT_CPU_ACCOUNTING_GEN", "ARM_PMU",
        "SECURITY_LOCKDOWN_LSM", "SECURITY_PERF_EVENTS_RESTRICT",
    ]

    /// Nil where the configuration is in none of its usual places. `/proc/config.gz` is compressed, and is not read.
    private static func configuration(of release: String, _ files: SystemFiles) -> [String: String]? {
        guard !release.contains("/") else { return nil }
        let places = ["/boot/config-\(release)", "/lib/modules/\(release)/config"]
        guard let text = places.lazy.compactMap({ files.text($0) }).first else { return nil }
        var options: [String: String] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("CONFIG_") {
            let option = line.dropFirst("CONFIG_".count)
            guard optionPrefixes.contains(where: option.hasPrefix), let equals = line.firstIndex(of: "=") else {
                continue
            }
            options[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
        return options
    }

    private static let moduleNames: Set<Substring> = [
        "msr", "kvm", "kvm_intel", "kvm_amd", "intel_uncore", "intel_cstate", "intel_rapl_msr", "intel_rapl_common",
        "rapl", "amd_uncore", "power", "oprofile", "coresight", "arm_spe_pmu", "arm_pmu",
        // Profilers of Intel (VTune, SEP) and AMD (uProf), and hypervisors that are no part of the kernel.
        "sep3_15", "sep4_0", "sep4_1", "sep5", "socperf3", "pax", "vtsspp", "AMDPowerProfiler", "vboxdrv", "vmmon",
    ]

    private static func modules(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { $0.split(separator: " ").first }.filter(moduleNames.contains)
            .map(String.init).sorted()
    }

    /// Whether KVM lends the counters themselves to its guests (kernel commit 860bcb1021f5), and whether guests have a PMU.
    private static let parameterNames =
        [("kvm", "enable_pmu")]
        + SystemFiles.modulesThatLendCounters.map { ($0, SystemFiles.lendingParameter) }

    private static func moduleParameters(_ files: SystemFiles) -> [String: String]? {
        var parameters: [String: String] = [:]
        for (module, name) in parameterNames {
            parameters["\(module).\(name)"] = files.text("/sys/module/\(module)/parameters/\(name)")
        }
        return parameters.isEmpty ? nil : parameters
    }

    private static let mostLogLines = 40
    private static let longestLogLine = 160

    /// Lines of the log that speak of counting.
    static func countingLines(_ log: [String]) -> [String] {
        let words = [
            "Performance Events", "perf:", "perf_event", "PMU", "NMI watchdog", "NMI handler", "perfmon",
            reservedStatusBits,
        ]
        // "... version: 4" and its like follow the line with the PMU's name (arch/x86/events/core.c).
        let lines = log.filter { line in line.hasPrefix("... ") || words.contains(where: line.contains) }
        // The one line that may be evidence comes late.
        let late = lines.dropFirst(mostLogLines).filter { $0.contains(reservedStatusBits) }.prefix(1)
        return (lines.prefix(mostLogLines) + late).map { String($0.prefix(longestLogLine)) }
    }

    static func log(_ files: SystemFiles) -> [String]? { files.kernelLog().map(countingLines) }

    /// What was logged after the other lines; nil where nothing was, or that cannot be told.
    static func newLines(in log: [String]?, since earlier: [String]?) -> [String]? {
        guard let log, let earlier else { return nil }
        var known = earlier
        let new = log.filter { line in
            guard let index = known.firstIndex(of: line) else { return true }
            known.remove(at: index)
            return false
        }
        return new.isEmpty ? nil : new
    }

    /// What amd_pmu_v2_handle_irq() warns of, once a boot (arch/x86/events/amd/core.c), with the bits in parentheses.
    private static let reservedStatusBits = "Reserved PerfCntrGlobalStatus bits are set"

    /// The first line of the log which says that an AMD CPU froze its counters: bit 59 of PerfCntrGlobalStatus, PMCF
    /// (APM vol. 2, 13.2.1), which Linux does not expect.
    ///
    /// - Parameter later: lines after those of ``log``.
    package func logsFreeze(_ later: [String] = []) -> String? {
        ((log ?? []) + later).first { line in
            guard line.contains(Self.reservedStatusBits), let open = line.firstIndex(of: "(") else { return false }
            let digits = line[open...].dropFirst().prefix { $0 != ")" }
            return String.parseNumber(String(digits)).map { $0 >> 59 & 1 == 1 } ?? false
        }
    }

    /// The first line that a program of `PATH` prints with an empty environment, or nil where it is not there, fails, or takes more than two seconds.
    private static func output(of command: [String]) -> String? {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var words = command.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let error = posix_spawnp(&child, command[0], &actions, nil, &words, nil)
        close(ends[1])
        guard error == 0 else { return nil }
        var waiting = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = poll(&waiting, 1, 2000) == 1 ? read(ends[0], &bytes, bytes.count) : 0
        kill(child, SIGKILL)
        while waitpid(child, nil, 0) < 0, errno == EINTR {}
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        return text.split(separator: "\n").first.map { String($0).trimmed }.flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension SystemFiles {
    /// Messages of the kernel's ring buffer, oldest first, without priority and time; nil where they may not be read
    /// (`dmesg_restrict`). Those of a tree of fixtures are in its `/var/log/dmesg`.
    fileprivate func kernelLog() -> [String]? {
        guard let text = isThisMachine ? Self.ringBuffer() : text("/var/log/dmesg") else { return nil }
        let lines = text.split(separator: "\n").map { line in
            // "<6>[    0.123456] message"
            var rest = line.hasPrefix("<") ? line.drop { $0 != ">" }.dropFirst() : line
            if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") { rest = rest[end...].dropFirst(2) }
            return String(rest)
        }
        return lines.isEmpty ? nil : lines
    }

    private static func ringBuffer() -> String? {
        // More than any distribution's buffer has (CONFIG_LOG_BUF_SHIFT, log_buf_len=).
        var bytes = [CChar](repeating: 0, count: 1 << 22)
        let count = cperf_kernel_log(&bytes, CInt(bytes.count))
        return count > 0 ? String(decoding: bytes.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}
