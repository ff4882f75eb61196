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
    /// Nothing of varying length but user registers: the common case, decoded without a walk.
    @usableFromInline let isSimple: Bool

    public init(_ attributes: EventAttributes) {
        fields = attributes.sampleFields
        readFormat = attributes.readFormat
        userRegisterMask = attributes.userRegisters
        interruptRegisterMask = attributes.interruptRegisters
        branchSampleType = attributes.branchSampleType
        fixedSize = 8 + 8 * fields.intersection(Self.fixedFields).rawValue.nonzeroBitCount
        let isGroup = readFormat.contains(.group)
        let words = ReadLayout(format: readFormat).words(members: 1)
        readSize = fields.contains(.read) && !isGroup ? 8 * words : 0
        userRegistersSize = 8 + 8 * userRegisterMask.nonzeroBitCount
        let hasGroupRead = fields.contains(.read) && isGroup
        isSimple = !hasGroupRead
            && fields.subtracting(Self.fixedFields).subtracting([.read, .userRegisters]).isEmpty
    }

    /// The fields before READ.
    static let fixedFields: SampleFields = [
        .identifier, .instructionPointer, .threadID, .time, .address, .id, .streamID, .cpu, .period,
    ]

    /// Byte offset of a field of fixed place: behind the header and the fields that come before it.
    @inlinable @inline(__always)
    func offset(behind earlier: UInt64) -> Int {
        8 + 8 * (fields.rawValue & earlier).nonzeroBitCount
    }
}

/// For each field of fixed place, the bits of `sample_type` whose fields come before it.
@usableFromInline
enum FieldsBefore {
    @usableFromInline static var identifier: UInt64 { 0 }
    @usableFromInline static var instructionPointer: UInt64 { 1 << 16 }
    @usableFromInline static var threadID: UInt64 { 1 << 16 | 0b1 }
    @usableFromInline static var time: UInt64 { 1 << 16 | 0b11 }
    @usableFromInline static var address: UInt64 { 1 << 16 | 0b111 }
    @usableFromInline static var id: UInt64 { 1 << 16 | 0b1111 }
    @usableFromInline static var streamID: UInt64 { id | 1 << 6 }
    @usableFromInline static var cpu: UInt64 { streamID | 1 << 9 }
    @usableFromInline static var period: UInt64 { cpu | 1 << 7 }
}
