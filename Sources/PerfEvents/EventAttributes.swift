import CPerf

/// How an event is opened: `perf_event_attr` as a plain value, with defaults that cannot mislead.
///
/// A new value counts in user space only (not in the kernel, a hypervisor or a guest), starts disabled, and reports
/// both times with each read. Close-on-exec is not an attribute: ``Counter`` always asks for it.
///
/// ```swift
/// var attributes = EventAttributes(event: .software(.pageFaults))
/// attributes.samplePeriod = 100
/// attributes.sampleFields = [.instructionPointer, .time]
/// ```
public struct EventAttributes: Sendable, Hashable {
    /// The C structure, for what has no property here.
    public var raw: perf_event_attr

    /// Attributes that count `event`, with the defaults named above.
    public init(event: Event) {
        raw = perf_event_attr()
        raw.size = UInt32(MemoryLayout<perf_event_attr>.size)
        raw.disabled = 1
        raw.exclude_kernel = 1
        raw.exclude_hv = 1
        raw.exclude_guest = 1
        readFormat = .bothTimes
        self.event = event
    }

    /// The C structure as it is, without defaults of ours. Its size is set.
    public init(raw: perf_event_attr) {
        self.raw = raw
        self.raw.size = UInt32(MemoryLayout<perf_event_attr>.size)
    }

    /// Equal when the kernel would see the same bytes.
    public static func == (left: EventAttributes, right: EventAttributes) -> Bool {
        left.withBytes { leftBytes in
            right.withBytes { leftBytes.elementsEqual($0) }
        }
    }

    public func hash(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: $0) }
    }

    /// The bytes the kernel sees, as a bug report needs them.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: raw, body)
    }
}

extension EventAttributes {
    /// What is counted.
    public var event: Event {
        get {
            Event(
                type: raw.type, config: raw.config, config1: raw.config1, config2: raw.config2,
                breakpointAccess: raw.bp_type)
        }
        set {
            raw.type = newValue.type
            raw.config = newValue.config
            raw.config1 = newValue.config1
            raw.config2 = newValue.config2
            raw.bp_type = newValue.breakpointAccess
        }
    }

    /// Counts between two overflows, 1 to 2^63 - 1; nil for an event that only counts.
    ///
    /// Haswell and later Intel CPUs refuse some small periods (`hsw_limit_period`, arch/x86/events/intel/core.c).
    /// Setting a period turns frequency mode off.
    public var samplePeriod: UInt64? {
        get { raw.freq == 0 && raw.sample_period != 0 ? raw.sample_period : nil }
        set {
            raw.freq = 0
            raw.sample_period = newValue ?? 0
        }
    }

    /// What each sample carries.
    public var sampleFields: SampleFields {
        get { SampleFields(rawValue: raw.sample_type) }
        set { raw.sample_type = newValue.rawValue }
    }

    /// What a read returns.
    public var readFormat: ReadFormat {
        get { ReadFormat(rawValue: raw.read_format) }
        set { raw.read_format = newValue.rawValue }
    }

    /// The user registers in each sample: bit n is register n of the architecture's `asm/perf_regs.h`.
    public var userRegisters: UInt64 {
        get { raw.sample_regs_user }
        set { raw.sample_regs_user = newValue }
    }

    /// The registers at the interrupt in each sample, numbered as ``userRegisters``.
    public var interruptRegisters: UInt64 {
        get { raw.sample_regs_intr }
        set { raw.sample_regs_intr = newValue }
    }

    /// Which branches a branch stack has, and with what: `PERF_SAMPLE_BRANCH_…`.
    public var branchSampleType: UInt64 {
        get { raw.branch_sample_type }
        set { raw.branch_sample_type = newValue }
    }

    /// Wake a poller after this many samples; nil for the default or a watermark.
    public var wakeupEvents: UInt32? {
        get { raw.watermark == 0 && raw.wakeup_events != 0 ? raw.wakeup_events : nil }
        set {
            raw.watermark = 0
            raw.wakeup_events = newValue ?? 0
        }
    }

    /// Wake a poller after this many bytes in the ring; nil for the default or a number of samples.
    public var wakeupWatermark: UInt32? {
        get { raw.watermark == 1 ? raw.wakeup_watermark : nil }
        set {
            raw.watermark = newValue == nil ? 0 : 1
            raw.wakeup_watermark = newValue ?? 0
        }
    }

    /// How little skid a sample's instruction pointer may have: 0 (any) to 3 (none). Values above 3 mean 3.
    public var preciseLevel: Int {
        get { Int(raw.precise_ip) }
        set { raw.precise_ip = UInt64(min(max(newValue, 0), 3)) }
    }
}

extension EventAttributes {
    /// Starts disabled, until ``Counter/enable()``.
    public var startsDisabled: Bool {
        get { raw.disabled == 1 }
        set { raw.disabled = newValue ? 1 : 0 }
    }
    /// Always on the PMU or in error, never multiplexed. Only for group leaders.
    public var isPinned: Bool {
        get { raw.pinned == 1 }
        set { raw.pinned = newValue ? 1 : 0 }
    }
    /// The only group on the PMU.
    public var isExclusive: Bool {
        get { raw.exclusive == 1 }
        set { raw.exclusive = newValue ? 1 : 0 }
    }
    /// Threads and processes that are created later are counted, too.
    public var inherits: Bool {
        get { raw.inherit == 1 }
        set { raw.inherit = newValue ? 1 : 0 }
    }
    public var excludesUser: Bool {
        get { raw.exclude_user == 1 }
        set { raw.exclude_user = newValue ? 1 : 0 }
    }
    public var excludesKernel: Bool {
        get { raw.exclude_kernel == 1 }
        set { raw.exclude_kernel = newValue ? 1 : 0 }
    }
    public var excludesHypervisor: Bool {
        get { raw.exclude_hv == 1 }
        set { raw.exclude_hv = newValue ? 1 : 0 }
    }
    public var excludesGuest: Bool {
        get { raw.exclude_guest == 1 }
        set { raw.exclude_guest = newValue ? 1 : 0 }
    }
    public var excludesHost: Bool {
        get { raw.exclude_host == 1 }
        set { raw.exclude_host = newValue ? 1 : 0 }
    }
    public var excludesIdle: Bool {
        get { raw.exclude_idle == 1 }
        set { raw.exclude_idle = newValue ? 1 : 0 }
    }
    /// `PERF_RECORD_SWITCH` records.
    public var recordsContextSwitches: Bool {
        get { raw.context_switch == 1 }
        set { raw.context_switch = newValue ? 1 : 0 }
    }
    /// `PERF_RECORD_COMM` records, which ``Record/unknown(_:)`` stands for.
    public var recordsNames: Bool {
        get { raw.comm == 1 }
        set { raw.comm = newValue ? 1 : 0 }
    }
    /// `PERF_RECORD_FORK` and `PERF_RECORD_EXIT` records.
    public var recordsTasks: Bool {
        get { raw.task == 1 }
        set { raw.task = newValue ? 1 : 0 }
    }
    /// Records that are no samples carry thread, time, CPU and id, too, as far as ``sampleFields`` asks for them.
    public var identifiesAllRecords: Bool {
        get { raw.sample_id_all == 1 }
        set { raw.sample_id_all = newValue ? 1 : 0 }
    }
    /// Enabled when the thread calls execve(2).
    public var enablesOnExec: Bool {
        get { raw.enable_on_exec == 1 }
        set { raw.enable_on_exec = newValue ? 1 : 0 }
    }
    /// Removed when the thread calls execve(2). Linux 5.13 and later.
    public var isRemovedOnExec: Bool {
        get { raw.remove_on_exec == 1 }
        set { raw.remove_on_exec = newValue ? 1 : 0 }
    }
}
