import CPerf

/// What a counter counts: the `type` and `config` words of `perf_event_attr` (perf_event_open(2)).
public struct Event: Sendable, Hashable {
    /// `PERF_TYPE_…`, or a PMU's number from sysfs.
    public var type: UInt32
    public var config: UInt64
    /// For breakpoints the address.
    public var config1: UInt64
    /// For breakpoints the length.
    public var config2: UInt64
    /// `HW_BREAKPOINT_…` for breakpoints, otherwise 0.
    public var breakpointAccess: UInt32

    public init(
        type: UInt32, config: UInt64, config1: UInt64 = 0, config2: UInt64 = 0, breakpointAccess: UInt32 = 0
    ) {
        self.type = type
        self.config = config
        self.config1 = config1
        self.config2 = config2
        self.breakpointAccess = breakpointAccess
    }
}

extension Event {
    /// A CPU event by the number that the CPU's maker gives it, on the PMU that `PERF_TYPE_RAW` binds to.
    ///
    /// On a hybrid CPU that is the performance cores' PMU: use ``dynamic(pmuType:config:config1:config2:)`` there.
    public static func raw(_ config: UInt64) -> Event {
        Event(type: rawType, config: config)
    }

    /// `PERF_TYPE_RAW`: the core PMU of a CPU whose cores are alike, the performance cores' PMU of a hybrid CPU.
    package static let rawType: UInt32 = PERF_TYPE_RAW.rawValue

    /// One of the kernel's generalized hardware events. What it maps to differs from CPU to CPU.
    public static func hardware(_ event: HardwareEvent) -> Event {
        Event(type: PERF_TYPE_HARDWARE.rawValue, config: event.rawValue)
    }

    /// An event that the kernel itself counts, without a PMU.
    public static func software(_ event: SoftwareEvent) -> Event {
        Event(type: PERF_TYPE_SOFTWARE.rawValue, config: event.rawValue)
    }

    /// An event of a PMU that has a number of its own in sysfs (``PMUDevice/type``).
    public static func dynamic(
        pmuType: UInt32, config: UInt64, config1: UInt64 = 0, config2: UInt64 = 0
    ) -> Event {
        Event(type: pmuType, config: config, config1: config1, config2: config2)
    }

    /// Counts how often the instruction at `address` is executed.
    ///
    /// The length is that of a long, as perf_event_open(2) demands of execution breakpoints.
    public static func breakpoint(executing address: UInt) -> Event {
        breakpoint(at: address, length: UInt64(MemoryLayout<Int>.size), access: .execute)
    }

    /// Counts accesses to `length` bytes at `address`. Lengths are 1, 2, 4 and 8; the address is aligned to the length.
    public static func breakpoint(at address: UInt, length: UInt64, access: BreakpointAccess) -> Event {
        Event(
            type: PERF_TYPE_BREAKPOINT.rawValue, config: 0, config1: UInt64(address), config2: length,
            breakpointAccess: access.rawValue)
    }

    /// Whether this is a breakpoint counter.
    public var isBreakpoint: Bool { type == PERF_TYPE_BREAKPOINT.rawValue }
    /// Whether this is a kernel counter that needs no hardware at all.
    public var isSoftware: Bool { type == PERF_TYPE_SOFTWARE.rawValue }
    /// Whether only the CPU's own PMU can count this: a raw, a generalized hardware or a cache event.
    public var needsCorePMU: Bool {
        type == PERF_TYPE_RAW.rawValue || type == PERF_TYPE_HARDWARE.rawValue
            || type == PERF_TYPE_HW_CACHE.rawValue
    }
}

extension Event: CustomStringConvertible {
    public var description: String {
        switch type {
        case PERF_TYPE_RAW.rawValue:
            return "raw event r\(String(config, radix: 16))"
        case PERF_TYPE_HARDWARE.rawValue:
            return "hardware event \(HardwareEvent(rawValue: config))"
        case PERF_TYPE_SOFTWARE.rawValue:
            return "software event \(SoftwareEvent(rawValue: config))"
        case PERF_TYPE_BREAKPOINT.rawValue:
            let access = BreakpointAccess(rawValue: breakpointAccess)
            return "breakpoint on \(access) of 0x\(String(config1, radix: 16))"
        default:
            return "event 0x\(String(config, radix: 16)) of PMU type \(type)"
        }
    }
}

/// The kernel's generalized hardware events, `PERF_COUNT_HW_…`.
public struct HardwareEvent: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let cpuCycles = HardwareEvent(rawValue: 0)
    public static let instructions = HardwareEvent(rawValue: 1)
    public static let cacheReferences = HardwareEvent(rawValue: 2)
    public static let cacheMisses = HardwareEvent(rawValue: 3)
    public static let branchInstructions = HardwareEvent(rawValue: 4)
    public static let branchMisses = HardwareEvent(rawValue: 5)
    public static let busCycles = HardwareEvent(rawValue: 6)
    public static let stalledCyclesFrontend = HardwareEvent(rawValue: 7)
    public static let stalledCyclesBackend = HardwareEvent(rawValue: 8)
    public static let referenceCPUCycles = HardwareEvent(rawValue: 9)

    private static let names = [
        "cpu-cycles", "instructions", "cache-references", "cache-misses", "branch-instructions", "branch-misses",
        "bus-cycles", "stalled-cycles-frontend", "stalled-cycles-backend", "ref-cycles",
    ]

    /// The name that perf(1) uses.
    public var description: String {
        rawValue < UInt64(Self.names.count) ? Self.names[Int(rawValue)] : "number \(rawValue)"
    }
}

/// Events that the kernel counts by itself, `PERF_COUNT_SW_…`.
public struct SoftwareEvent: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Nanoseconds of the CPU's clock.
    public static let cpuClock = SoftwareEvent(rawValue: 0)
    /// Nanoseconds the thread ran.
    public static let taskClock = SoftwareEvent(rawValue: 1)
    public static let pageFaults = SoftwareEvent(rawValue: 2)
    public static let contextSwitches = SoftwareEvent(rawValue: 3)
    public static let cpuMigrations = SoftwareEvent(rawValue: 4)
    public static let minorPageFaults = SoftwareEvent(rawValue: 5)
    public static let majorPageFaults = SoftwareEvent(rawValue: 6)
    public static let alignmentFaults = SoftwareEvent(rawValue: 7)
    public static let emulationFaults = SoftwareEvent(rawValue: 8)
    /// Counts nothing. Carries records (context switches, exits) without counting.
    public static let dummy = SoftwareEvent(rawValue: 9)

    private static let names = [
        "cpu-clock", "task-clock", "page-faults", "context-switches", "cpu-migrations", "minor-faults",
        "major-faults", "alignment-faults", "emulation-faults", "dummy",
    ]

    /// The name that perf(1) uses.
    public var description: String {
        rawValue < UInt64(Self.names.count) ? Self.names[Int(rawValue)] : "number \(rawValue)"
    }
}

/// What a breakpoint counter counts at its address, `HW_BREAKPOINT_…`.
public struct BreakpointAccess: OptionSet, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let read = BreakpointAccess(rawValue: 1)  // HW_BREAKPOINT_R
    public static let write = BreakpointAccess(rawValue: 2)  // HW_BREAKPOINT_W
    public static let execute = BreakpointAccess(rawValue: 4)  // HW_BREAKPOINT_X
    /// x86 has no breakpoint on reads alone: the kernel refuses `read` there and takes this one.
    public static let readWrite: BreakpointAccess = [.read, .write]

    public var description: String {
        switch self {
        case .read: "reading"
        case .write: "writing"
        case .execute: "execution"
        case .readWrite: "reading or writing"
        default: "access \(rawValue)"
        }
    }
}
