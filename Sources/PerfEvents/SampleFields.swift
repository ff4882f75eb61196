/// What each sample carries: the bits of `perf_event_attr.sample_type`.
public struct SampleFields: OptionSet, Sendable, Hashable {
    public let rawValue: UInt64
    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static var instructionPointer: SampleFields { .init(rawValue: 1 << 0) }  // PERF_SAMPLE_IP
    public static var threadID: SampleFields { .init(rawValue: 1 << 1) }  // PERF_SAMPLE_TID
    public static var time: SampleFields { .init(rawValue: 1 << 2) }  // PERF_SAMPLE_TIME
    public static var address: SampleFields { .init(rawValue: 1 << 3) }  // PERF_SAMPLE_ADDR
    public static var read: SampleFields { .init(rawValue: 1 << 4) }  // PERF_SAMPLE_READ
    public static var callchain: SampleFields { .init(rawValue: 1 << 5) }  // PERF_SAMPLE_CALLCHAIN
    public static var id: SampleFields { .init(rawValue: 1 << 6) }  // PERF_SAMPLE_ID
    public static var cpu: SampleFields { .init(rawValue: 1 << 7) }  // PERF_SAMPLE_CPU
    public static var period: SampleFields { .init(rawValue: 1 << 8) }  // PERF_SAMPLE_PERIOD
    public static var streamID: SampleFields { .init(rawValue: 1 << 9) }  // PERF_SAMPLE_STREAM_ID
    public static var rawData: SampleFields { .init(rawValue: 1 << 10) }  // PERF_SAMPLE_RAW
    public static var branchStack: SampleFields { .init(rawValue: 1 << 11) }  // PERF_SAMPLE_BRANCH_STACK
    public static var userRegisters: SampleFields { .init(rawValue: 1 << 12) }  // PERF_SAMPLE_REGS_USER
    public static var userStack: SampleFields { .init(rawValue: 1 << 13) }  // PERF_SAMPLE_STACK_USER
    public static var weight: SampleFields { .init(rawValue: 1 << 14) }  // PERF_SAMPLE_WEIGHT
    public static var dataSource: SampleFields { .init(rawValue: 1 << 15) }  // PERF_SAMPLE_DATA_SRC
    public static var identifier: SampleFields { .init(rawValue: 1 << 16) }  // PERF_SAMPLE_IDENTIFIER
    public static var transaction: SampleFields { .init(rawValue: 1 << 17) }  // PERF_SAMPLE_TRANSACTION
    public static var interruptRegisters: SampleFields { .init(rawValue: 1 << 18) }  // PERF_SAMPLE_REGS_INTR
    public static var physicalAddress: SampleFields { .init(rawValue: 1 << 19) }  // PERF_SAMPLE_PHYS_ADDR
    public static var auxiliaryData: SampleFields { .init(rawValue: 1 << 20) }  // PERF_SAMPLE_AUX
    public static var controlGroup: SampleFields { .init(rawValue: 1 << 21) }  // PERF_SAMPLE_CGROUP
    public static var dataPageSize: SampleFields { .init(rawValue: 1 << 22) }  // PERF_SAMPLE_DATA_PAGE_SIZE
    public static var codePageSize: SampleFields { .init(rawValue: 1 << 23) }  // PERF_SAMPLE_CODE_PAGE_SIZE
    public static var weightStructure: SampleFields { .init(rawValue: 1 << 24) }  // PERF_SAMPLE_WEIGHT_STRUCT

    /// All fields that the decoder knows. A sample with a field beyond these cannot be decoded.
    static let known = SampleFields(rawValue: (1 << 25) - 1)
}

/// What a read returns and in which layout: the bits of `perf_event_attr.read_format`.
public struct ReadFormat: OptionSet, Sendable, Hashable {
    public let rawValue: UInt64
    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static var timeEnabled: ReadFormat { .init(rawValue: 1 << 0) }  // PERF_FORMAT_TOTAL_TIME_ENABLED
    public static var timeRunning: ReadFormat { .init(rawValue: 1 << 1) }  // PERF_FORMAT_TOTAL_TIME_RUNNING
    public static var id: ReadFormat { .init(rawValue: 1 << 2) }  // PERF_FORMAT_ID
    /// All members of the group in one read. This is a layout, it makes no group.
    public static var group: ReadFormat { .init(rawValue: 1 << 3) }  // PERF_FORMAT_GROUP
    /// Lost samples. Linux 6.0 and later; refused by older kernels.
    public static var lost: ReadFormat { .init(rawValue: 1 << 4) }  // PERF_FORMAT_LOST

    /// A count cannot be judged without these two.
    public static var bothTimes: ReadFormat { [.timeEnabled, .timeRunning] }
}
