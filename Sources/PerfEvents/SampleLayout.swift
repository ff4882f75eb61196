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

    /// ``lost`` where this kernel takes it, otherwise nothing.
    public static let lostIfKnown: ReadFormat = {
        var attributes = EventAttributes(event: .software(.dummy))
        attributes.readFormat.formUnion(.lost)
        do throws(PerfError) {
            _ = try Counter(attributes)
            return .lost
        } catch {
            return []
        }
    }()

    /// A count cannot be judged without these two.
    public static var bothTimes: ReadFormat { [.timeEnabled, .timeRunning] }
}

/// Where a sample has what, worked out once per event from its attributes.
///
/// A sample is its header, then the fields that were asked for in the order of `PERF_RECORD_SAMPLE` in
/// include/uapi/linux/perf_event.h. Those before READ have 8 bytes each and so a fixed place; the rest may vary.
@frozen
public struct SampleLayout: Sendable, Hashable {
    public let fields: SampleFields
    public let readFormat: ReadFormat
    /// Bit n: register n of `asm/perf_regs.h` is in the sample.
    public let userRegisterMask: UInt64
    public let interruptRegisterMask: UInt64
    /// `perf_event_attr.branch_sample_type`: two of its bits add words to a branch stack.
    public let branchSampleType: UInt64
    /// Bytes of the header and the fields of fixed place; where READ starts.
    @usableFromInline let fixedSize: Int
    /// Bytes of READ where it is of one event; 0 for a group's, which says its own length.
    @usableFromInline let readSize: Int
    /// Bytes of the user registers and their ABI word, where the sample was taken in user space.
    @usableFromInline let userRegistersSize: Int
    /// Places of the fields of fixed place.
    @usableFromInline let offsets: FixedOffsets
    /// Nothing of varying length but user registers: the common case, decoded without a walk.
    @usableFromInline let isSimple: Bool

    public init(_ attributes: EventAttributes) {
        fields = attributes.sampleFields
        readFormat = attributes.readFormat
        userRegisterMask = attributes.userRegisters
        interruptRegisterMask = attributes.interruptRegisters
        branchSampleType = attributes.branchSampleType
        offsets = FixedOffsets(fields)
        fixedSize = 8 + 8 * fields.intersection(FixedOffsets.fields).rawValue.nonzeroBitCount
        let isGroup = readFormat.contains(.group)
        let words = ReadLayout(format: readFormat).words(members: 1)
        readSize = fields.contains(.read) && !isGroup ? 8 * words : 0
        userRegistersSize = 8 + 8 * userRegisterMask.nonzeroBitCount
        let hasGroupRead = fields.contains(.read) && isGroup
        isSimple =
            !hasGroupRead
            && fields.subtracting(FixedOffsets.fields).subtracting([.read, .userRegisters]).isEmpty
    }
}

/// Byte offsets of the fields before READ in a record; 0 (the header's place) for those that are not there.
@frozen
@usableFromInline
struct FixedOffsets: Sendable, Hashable {
    @usableFromInline let identifier: UInt8
    @usableFromInline let instructionPointer: UInt8
    @usableFromInline let threadID: UInt8
    @usableFromInline let time: UInt8
    @usableFromInline let address: UInt8
    @usableFromInline let id: UInt8
    @usableFromInline let streamID: UInt8
    @usableFromInline let cpu: UInt8
    @usableFromInline let period: UInt8

    /// In the order of the record.
    static let order: [SampleFields] = [
        .identifier, .instructionPointer, .threadID, .time, .address, .id, .streamID, .cpu, .period,
    ]
    static let fields = SampleFields(order)

    init(_ fields: SampleFields) {
        func offset(_ field: SampleFields) -> UInt8 {
            guard fields.contains(field) else { return 0 }
            return UInt8(8 + 8 * Self.order.prefix { $0 != field }.count { fields.contains($0) })
        }
        identifier = offset(.identifier)
        instructionPointer = offset(.instructionPointer)
        threadID = offset(.threadID)
        time = offset(.time)
        address = offset(.address)
        id = offset(.id)
        streamID = offset(.streamID)
        cpu = offset(.cpu)
        period = offset(.period)
    }
}
