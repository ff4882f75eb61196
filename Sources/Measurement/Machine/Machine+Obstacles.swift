import PerfEvents

/// Something of this machine that stands in the way of an exact measurement, and what to do about it.
public struct Obstacle: Codable, Sendable, Hashable, CustomStringConvertible {
    /// How much it takes away, the worst first.
    public enum Weight: String, Codable, Sendable, Hashable, CaseIterable, Comparable {
        /// Branches cannot be counted.
        case prevents
        /// Counts can be wrong for that reason.
        case distorts
        /// An answer is missing or less certain.
        case limits

        public static func < (first: Weight, second: Weight) -> Bool {
            (allCases.firstIndex(of: first) ?? 0) < (allCases.firstIndex(of: second) ?? 0)
        }
    }

    /// A slug that stays the same from version to version.
    public var id: String
    public var weight: Weight
    /// What is in the way, in one sentence.
    public var sentence: String
    /// What to do, in one sentence.
    public var remedy: String

    public var description: String { "\(sentence) \(remedy)" }
}

extension Machine {
    /// What stands in the way of measuring the core PMU of the CPU of interest, the worst first.
    public var obstacles: [Obstacle] {
        let found = [
            missingPerf, offlineProcessor, missingPMU, paranoid, missingBranchEvent, frozenByBootParameter,
            frozenByRegister, frozenByLog, countedSMIs, nmiWatchdog, lowSampleRate, seccompFilter, hypervisorBetween,
            lentCounters, unreadableRegisters,
        ].compactMap(\.self)
        // sorted(by:) keeps no order among equals.
        return Obstacle.Weight.allCases.flatMap { weight in found.filter { $0.weight == weight } }
    }

    private var missingPerf: Obstacle? {
        guard limits.perfEventParanoid == nil else { return nil }
        return Obstacle(
            id: "no-perf-events", weight: .prevents,
            sentence:
                "/proc/sys/kernel/perf_event_paranoid is missing: this kernel has no perf events, or /proc is not mounted.",
            remedy: "Boot a kernel with CONFIG_PERF_EVENTS=y.")
    }

    private var offlineProcessor: Obstacle? {
        guard let online = topology.online, CPUList(online)?.contains(processor.number) == false else { return nil }
        return Obstacle(
            id: "cpu-offline", weight: .prevents, sentence: "CPU \(processor.number) is not online; \(online) are.",
            remedy: "Choose one of those with --cpu.")
    }

    /// What lets a hypervisor's guest have a PMU.
    private static let virtualPMURemedies = [
        "KVM":
            "On the host, give the guest a virtual PMU (QEMU: -cpu host,pmu=on) and check /sys/module/kvm/parameters/enable_pmu.",
        "KVM (Nitro)": "Use an instance size that fills a socket, or a .metal one.",
        "QEMU": "QEMU emulates no PMU by itself: use KVM, and -cpu host,pmu=on.",
        "VMware": "Set vpmc.enable = \"TRUE\" in the virtual machine's configuration.",
        "Hyper-V": "On the host run: Set-VMProcessor <name> -Perfmon @(\"pmu\").",
        "Xen": "Boot the hypervisor with vpmu=on; no configuration is known to count exactly.",
        "VirtualBox": "VirtualBox gives guests no PMU: run on hardware.",
    ]

    private var missingPMU: Obstacle? {
        guard !hasCorePMU else {
            guard corePMU == nil else { return nil }
            return Obstacle(
                id: "no-core-pmu", weight: .prevents,
                sentence: "No core PMU of this machine counts on CPU \(processor.number).",
                remedy:
                    "Choose another CPU with --cpu: \(topology.coreTypes?.values.sorted().joined(separator: ", ") ?? "0")."
            )
        }
        guard let hypervisor else {
            return Obstacle(
                id: "no-core-pmu", weight: .prevents, sentence: "Linux shows no core PMU.",
                remedy: "See why: dmesg | grep \"Performance Events\".")
        }
        return Obstacle(
            id: "no-core-pmu", weight: .prevents,
            sentence: "The hypervisor (\(hypervisor.name ?? "unknown")) gives this guest no core PMU.",
            remedy: hypervisor.name.flatMap { Self.virtualPMURemedies[$0] }
                ?? "Run on hardware, or on a host that provides a virtual PMU.")
    }

    private var paranoid: Obstacle? {
        guard let level = limits.perfEventParanoid else { return nil }
        let isAdministrator = privileges.hasSystemAdministrationCapability == true
        // Levels above 2 are patches of Debian and Ubuntu; they let CAP_SYS_ADMIN pass and not CAP_PERFMON.
        guard level > 2, !isAdministrator else { return nil }
        return Obstacle(
            id: "perf-event-paranoid", weight: .prevents,
            sentence: "perf_event_paranoid is \(level), which denies perf_event_open to all but CAP_SYS_ADMIN.",
            remedy: "Run as root, or: sysctl kernel.perf_event_paranoid=2.")
    }

    private var missingBranchEvent: Obstacle? {
        guard hasCorePMU, let branchEventsProblem else { return nil }
        return Obstacle(
            id: "no-branch-event", weight: .prevents, sentence: "There is no event to count: \(branchEventsProblem)",
            remedy: "Name an event with --event.")
    }

    private var frozenByBootParameter: Obstacle? {
        // Only 1 enables it. The documentation of these kernels says the opposite; the code decides.
        guard let parameter = kernel.bootParameters.last(where: { $0.name == "perf_v4_pmi" }), parameter.isOn == true,
            processor.maker != .arm, (processor.performanceMonitoring?.version ?? 4) >= 4
        else { return nil }
        return Obstacle(
            id: "perf-v4-pmi", weight: .distorts,
            sentence:
                "This kernel was booted with perf_v4_pmi=\(parameter.value ?? ""): from Linux 4.20 to 5.10 that freezes the counters at each overflow.",
            remedy: "Boot without it, unless it is what you want to measure.")
    }

    private var frozenByRegister: Obstacle? {
        guard registers?.freezesCountersOnPMI == true,
            let control = (processor.maker ?? .intel).freezeControl
        else { return nil }
        return Obstacle(
            id: "debugctl-freeze", weight: .distorts,
            sentence:
                "Bit 12 (\(control.bit)) of \(control.register) is set on CPU \(processor.number): all counters stop when one overflows.",
            remedy:
                "Clear it: wrmsr -p \(processor.number) 0x1d9 with that bit off, unless it is what you want to measure."
        )
    }

    /// Where the register tells, it tells of now.
    private var frozenByLog: Obstacle? {
        guard registers?.debugControl == nil, let line = kernel.logsFreeze() else { return nil }
        return Obstacle(
            id: "logged-freeze", weight: .distorts,
            sentence:
                "The kernel's log has \"\(line)\": since it was booted, all counters stopped when one overflowed (bit 59, PMCF).",
            remedy:
                "See whether they still do: modprobe msr, then truecount info as root; bit 12 (FPMCI) of DebugCtl has to be clear."
        )
    }

    /// Family 6 models since Comet Lake, whose firmware runs SMI handlers at privilege level 3, so that counting user
    /// space counts them (rr issues 3045 and 3063; Linux a01994f5e5c7). The list is rr's, with the CPUs since.
    private static let modelsWithUserModeSMIs: Set<Int> = [
        0xa5, 0xa6, 0x6a, 0x6c, 0x7d, 0x7e, 0x9d, 0x8c, 0x8d, 0xa7, 0x8f, 0x97, 0x9a, 0xb7, 0xba, 0xbf, 0xbe, 0xcf,
        0xad,
        0xae, 0xaa, 0xac, 0xb5, 0xbd, 0xc5, 0xc6, 0xcc, 0xd5, 0xe5, 0xaf, 0xb6, 0xdd,
    ]

    private var countedSMIs: Obstacle? {
        guard processor.vendor == "GenuineIntel", processor.family == 6,
            let model = processor.model, Self.modelsWithUserModeSMIs.contains(model),
            let pmu = pmus.first(where: { $0.isCore && $0.freezeOnSMI == 0 })
        else { return nil }
        let path = "/sys/bus/event_source/devices/\(pmu.name)/freeze_on_smi"
        return Obstacle(
            id: "freeze-on-smi", weight: .distorts,
            sentence:
                "\(path) is 0: system management interrupts of this CPU's firmware are counted as the program's branches.",
            remedy: "Turn it on: echo 1 > \(path).")
    }

    private var nmiWatchdog: Obstacle? {
        guard hasCorePMU, limits.nmiWatchdog == 1 else { return nil }
        return Obstacle(
            id: "nmi-watchdog", weight: .limits,
            sentence: "The NMI watchdog holds one counter of each CPU and takes PMIs of its own.",
            remedy: "Turn it off for the measurement: sysctl kernel.nmi_watchdog=0.")
    }

    /// PMIs per second. Below it no period leaves the distance of ten from throttling that a run keeps, without
    /// making it last for seconds.
    private static let leastSampleRate = 10_000

    private var lowSampleRate: Obstacle? {
        guard let rate = limits.perfEventMaxSampleRate, rate < Self.leastSampleRate else { return nil }
        return Obstacle(
            id: "sample-rate", weight: .limits,
            sentence:
                "perf_event_max_sample_rate is \(rate): samplers are throttled early, and throttled counters stop.",
            remedy:
                "Raise it: sysctl kernel.perf_cpu_time_max_percent=0, then kernel.perf_event_max_sample_rate=100000.")
    }

    private var seccompFilter: Obstacle? {
        guard privileges.seccompMode == 2 else { return nil }
        return Obstacle(
            id: "seccomp", weight: .limits,
            sentence: "A seccomp filter is installed, as container runtimes do; many deny perf_event_open.",
            remedy: "If it is denied, run the container with --security-opt seccomp=unconfined or --cap-add PERFMON.")
    }

    private var hypervisorBetween: Obstacle? {
        guard hasCorePMU, let hypervisor else { return nil }
        return Obstacle(
            id: "virtual-pmu", weight: .limits,
            sentence:
                "The PMU is virtual: a verdict is about the hypervisor (\(hypervisor.name ?? "unknown")) and its host as well.",
            remedy: "To tell them apart, repeat it on the host.")
    }

    /// Events that exclude guests wait while a guest runs; the others are refused while a guest has a PMU
    /// (mediated_pmu_account_event(), kernel/events/core.c; eff95e170275).
    private var lentCounters: Obstacle? {
        guard
            let module = SystemFiles.modulesThatLendCounters.first(where: {
                kernel.moduleParameters?["\($0).\(SystemFiles.lendingParameter)"] == "Y"
            })
        else { return nil }
        return Obstacle(
            id: "mediated-vpmu", weight: .limits,
            sentence:
                "\(module).\(SystemFiles.lendingParameter) is on: KVM lends the counters to guests, and meanwhile refuses host events that count guests too (EOPNOTSUPP).",
            remedy: "Stop guests that have a PMU, or load \(module) with \(SystemFiles.lendingParameter)=0.")
    }

    private var unreadableRegisters: Obstacle? {
        guard hasCorePMU, processor.vendor == "GenuineIntel", let registersProblem,
            registers?.smiCount == nil || registers?.debugControl == nil
        else { return nil }
        return Obstacle(
            id: "no-msr", weight: .limits,
            sentence: "SMIs and the freeze bit cannot be read: \(registersProblem).",
            remedy: "Without them a surplus cannot be attributed to SMIs.")
    }
}

extension Machine {
    /// The machine in one line, as it heads a report: "Linux 5.10.0-46 · Intel 06-5e-03 (Skylake) · guest of KVM ·
    /// microcode 0x1".
    public var headline: String {
        let core = [processor.microarchitecture, processor.coreType.map { "\($0) cores" }].compactMap(\.self)
        let parts = [
            "Linux \(kernel.release ?? "unknown")",
            (processor.identity ?? processor.name ?? "unknown CPU")
                + (core.isEmpty ? "" : " (\(core.joined(separator: ", ")))"),
            hypervisor.map { "guest of \($0.name ?? "an unknown hypervisor")" } ?? (tellsGuests ? "bare metal" : nil),
            processor.microcode.map { "microcode \($0)" },
        ]
        return parts.compactMap(\.self).joined(separator: " · ")
    }

    /// Only x86 has a flag that every hypervisor sets; elsewhere the absence of hints says nothing.
    private var tellsGuests: Bool { processor.vendor != nil }
}
