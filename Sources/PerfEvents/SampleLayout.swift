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
