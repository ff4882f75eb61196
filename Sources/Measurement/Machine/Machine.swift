import PerfEvents

/// What this machine is, as far as it matters to a count: all that `truecount info` says, and the `environment` of a
/// report. A value that cannot be known is absent, never guessed.
public struct Machine: Codable, Sendable, Hashable {
    public var kernel: Kernel
    public var distribution: Distribution?
    /// As `uname -m` writes it: "x86_64", "aarch64".
    public var architecture: String?
    public var processor: Processor
    public var topology: Topology
    public var hypervisor: Hypervisor?
    public var firmware: Firmware?
    public var pmus: [PMU]
    public var limits: Limits
    public var privileges: Privileges
    /// Registers of the CPU of interest, where `/dev/cpu/N/msr` can be read.
    public var registers: Registers?
    /// Why `registers` is absent or incomplete, in a sentence.
    public var registersProblem: String?
    public var interrupts: Interrupts?
    public var libpfm: Libpfm?
    /// The event that counts branches, one for each type of core.
    public var branchEvents: [RCBEvent]
    /// Why the CPU of interest has no such event, in a sentence.
    public var branchEventsProblem: String?
    /// What may have changed until the end of the diagnosis; absent in what `truecount info` reads.
    public var atEnd: Ending?

    /// Whether Linux has a PMU of the cores. A model that libpfm4 or CPUID knows is none.
    public var hasCorePMU: Bool { pmus.contains(where: \.isCore) }

    /// The core PMU that counts on the CPU of interest.
    public var corePMU: PMU? {
        pmus.first { $0.isCore && ($0.cpus.flatMap { CPUList($0)?.contains(processor.number) } ?? true) }
    }

    /// The event that counts branches on the CPU of interest; nil where it has none.
    public var branchEvent: RCBEvent? {
        guard branchEventsProblem == nil else { return nil }
        return branchEvents.first { $0.pmuName == corePMU?.name } ?? branchEvents.first
    }
}

extension Machine {
    public struct Kernel: Codable, Sendable, Hashable {
        /// `uname -r`.
        public var release: String?
        /// `uname -v`.
        public var version: String?
        /// `/proc/version`, which kernel bug reports have to quote.
        public var banner: String?
        /// `/proc/sys/kernel/tainted`: bits of Documentation/admin-guide/tainted-kernels.rst; 0 is untainted.
        public var tainted: UInt64?
        /// What the bits of `tainted` mean, such as "E: an unsigned module was loaded"; empty where it is untainted.
        public var taints: [String]?
        /// `/proc/cmdline`, all of it. `--redact` leaves the values of `bootParameters` alone.
        public var commandLine: String?
        /// Those of the command line that change what is counted or how exactly.
        public var bootParameters: [BootParameter]
        /// Options of the kernel's configuration that concern counting, with their values ("y", "m", "250"), from
        /// `/boot/config-RELEASE` or the like. An option that is not set is left out.
        public var configuration: [String: String]?
        /// Loaded modules that use, emulate or write to a PMU.
        public var modules: [String]?
        /// Lines of the kernel's log about PMUs and perf, the first of them, without their times.
        public var log: [String]?
        /// Parameters of kernel modules that decide who has the counters, such as "kvm_amd.enable_mediated_pmu", with
        /// their values ("Y", "N"). A module that is not there has none.
        public var moduleParameters: [String: String]?
        /// What the kernel reads the time from: "tsc".
        public var clockSource: String?
        /// What `perf --version` prints, where there is a perf.
        public var perfVersion: String?
    }

    /// What a diagnosis may change, or what may change beside it, read again at its end.
    public struct Ending: Codable, Sendable, Hashable {
        public var registers: Registers?
        public var interrupts: Interrupts?
        /// The kernel lowers it where PMIs take too long (PMIs a second and CPU).
        public var perfEventMaxSampleRate: Int?
        /// Lines about PMUs and perf that the kernel logged meanwhile.
        public var log: [String]?
    }

    /// `/etc/os-release`, os-release(5).
    public struct Distribution: Codable, Sendable, Hashable {
        public var id: String?
        public var versionID: String?
        public var name: String?
    }

    /// The CPU of interest.
    public struct Processor: Codable, Sendable, Hashable {
        /// Its number in Linux.
        public var number: Int
        /// "Intel 06-5e-03".
        public var identity: String?
        public var vendor: String?
        public var family: Int?
        public var model: Int?
        public var stepping: Int?
        public var name: String?
        public var microcode: String?
        /// What chooses its frequency: "performance", "schedutil".
        public var governor: String?
        /// Name of the micro-architecture, where truecount's table has it.
        public var microarchitecture: String?
        /// "core", "atom" or "lowpower" on hybrid CPUs.
        public var coreType: String?
        /// Implementer and part of `MIDR_EL1` on Arm.
        public var implementer: Int?
        public var part: Int?
        /// CPUID leaf 1, EAX: what rr's issues ask for.
        public var signature: UInt32?
        /// Flags of `/proc/cpuinfo` that concern counting.
        public var flags: [String]
        public var performanceMonitoring: PerformanceMonitoring?
    }

    /// What CPUID says of the counters: leaf 0AH on Intel, 80000022H on AMD.
    public struct PerformanceMonitoring: Codable, Sendable, Hashable {
        /// Architectural performance monitoring version, Intel. 4 and above have the streamlined freeze on PMI.
        public var version: Int?
        public var generalCounters: Int?
        /// Bits.
        public var generalCounterWidth: Int?
        public var fixedCounters: Int?
        /// Bits.
        public var fixedCounterWidth: Int?
        /// AMD: PerfMonV2, the global control and status registers (Zen 4).
        public var hasAMDVersion2: Bool?
        /// AMD: the CPU can freeze LBR and counters at a PMI (CPUID 8000_0022 EAX[2]). Hypervisors hide it.
        public var canFreezeAMD: Bool?
    }

    public struct Topology: Codable, Sendable, Hashable {
        /// As sysfs writes lists: "0-3,8".
        public var online: String?
        public var onlineCount: Int?
        /// Whether threads share cores now.
        public var smtActive: Bool?
        /// "on", "off", "forceoff", "notsupported".
        public var smtControl: String?
        /// CPUs of each type of core, on hybrid CPUs: "cpu_core" to "0-7".
        public var coreTypes: [String: String]?
    }

    public struct Hypervisor: Codable, Sendable, Hashable {
        /// In the words of people: "KVM".
        public var name: String?
        /// CPUID leaf 40000000H.
        public var signature: String?
        /// `/sys/hypervisor/type`.
        public var kind: String?
    }

    /// DMI, where it can be read.
    public struct Firmware: Codable, Sendable, Hashable {
        public var systemVendor: String?
        public var product: String?
        public var board: String?
        public var biosVendor: String?
        public var biosVersion: String?
        public var biosDate: String?
    }

    /// A PMU of sysfs.
    public struct PMU: Codable, Sendable, Hashable {
        public var name: String
        /// `perf_event_attr.type`.
        public var type: UInt32
        public var isCore: Bool
        /// CPUs that it counts on, as sysfs writes it.
        public var cpus: String?
        public var capabilities: [String: String]?
        public var formats: [String: String]?
        /// 1 where the counters stand still in system management mode. Hybrid CPUs have one for each PMU.
        public var freezeOnSMI: Int?
        /// 0 none, 1 for a thread's own events, 2 all.
        public var rdpmc: Int?
    }

    /// Of `/proc/sys/kernel`.
    public typealias Limits = PerfLimits

    public struct Privileges: Codable, Sendable, Hashable {
        public var hasPerfmonCapability: Bool?
        public var hasSystemAdministrationCapability: Bool?
        /// 0 none, 1 strict, 2 filter.
        public var seccompMode: Int?
        /// "none", "integrity" or "confidentiality".
        public var lockdown: String?
    }

    /// In JSON what is made of bits is hexadecimal text ("0x1000"); reports of truecount 0.1.0 have decimal numbers.
    public struct Registers: Sendable, Hashable {
        /// `IA32_DEBUGCTL`, AMD's DebugCtl.
        public var debugControl: UInt64?
        /// `IA32_PERF_CAPABILITIES`, Intel.
        public var performanceCapabilities: UInt64?
        /// `IA32_PERF_GLOBAL_CTRL`, AMD's PerfCntrGlobalCtl.
        public var globalControl: UInt64?
        /// `MSR_SMI_COUNT`, since the last reset, Intel.
        public var smiCount: UInt64?

        /// The CPU stops all counters when one overflows (``ProcessorVendor/freezeControl``).
        public var freezesCountersOnPMI: Bool? {
            debugControl.map { $0 & ProcessorVendor.FreezeControl.mask != 0 }
        }
    }

    /// Rows of `/proc/interrupts`, since boot.
    public struct Interrupts: Codable, Sendable, Hashable {
        /// On the CPU of interest.
        public var nmisOfProcessor: UInt64?
        public var pmisOfProcessor: UInt64?
        /// On all CPUs.
        public var nmis: UInt64?
        public var pmis: UInt64?
    }

    public struct Libpfm: Codable, Sendable, Hashable {
        public var version: String
        /// The core PMUs that it recognises on this CPU. Empty where it does not know the CPU.
        public var detected: [String]
        public var environment: [String: String]
    }
}

extension Machine.Registers: Codable {
    private enum CodingKeys: String, CodingKey { case debugControl, performanceCapabilities, globalControl, smiCount }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func bits(_ key: CodingKeys) throws -> UInt64? {
            guard container.contains(key) else { return nil }
            if let number = try? container.decode(UInt64.self, forKey: key) { return number }
            guard let number = String.parseNumber(try container.decode(String.self, forKey: key)) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container, debugDescription: "a register is 0x and hexadecimal digits")
            }
            return number
        }
        self.init(
            debugControl: try bits(.debugControl), performanceCapabilities: try bits(.performanceCapabilities),
            globalControl: try bits(.globalControl),
            smiCount: try container.decodeIfPresent(UInt64.self, forKey: .smiCount))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        func text(_ bits: UInt64?) -> String? { bits.map { "0x\($0.hex)" } }
        try container.encodeIfPresent(text(debugControl), forKey: .debugControl)
        try container.encodeIfPresent(text(performanceCapabilities), forKey: .performanceCapabilities)
        try container.encodeIfPresent(text(globalControl), forKey: .globalControl)
        try container.encodeIfPresent(smiCount, forKey: .smiCount)
    }
}
