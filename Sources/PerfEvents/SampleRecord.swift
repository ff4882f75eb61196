/// A `PERF_RECORD_SAMPLE`, read where it lies: each property is there if the event asked for the field.
///
/// The record was checked as a whole before, so no property can read beyond it.
@frozen
public struct SampleRecord: ~Escapable {
    @usableFromInline let bytes: RawSpan
    /// The decoder's one layout.
    @usableFromInline let layouts: Span<SampleLayout>
    /// `PERF_RECORD_MISC_…`: the CPU mode and whether the instruction pointer is exact.
    public let flags: UInt16
    /// Byte offset of the user registers' ABI word; 0 where they were not asked for.
    @usableFromInline let userRegistersOffset: Int

    @inlinable @inline(__always)
    @_lifetime(copy bytes, copy layouts)
    init(bytes: RawSpan, layouts: Span<SampleLayout>, flags: UInt16, userRegistersOffset: Int) {
        self.bytes = bytes
        self.layouts = layouts
        self.flags = flags
        self.userRegistersOffset = userRegistersOffset
    }

    /// Where a sample of this event has what.
    @inlinable @inline(__always)
    public var layout: SampleLayout { layouts[unchecked: 0] }

    /// A word of fixed place, if the event asked for its field.
    @inlinable @inline(__always)
    func word(_ offset: UInt8) -> UInt64? {
        offset == 0 ? nil : bytes.wordInside(at: Int(offset))
    }

    /// Instruction pointer.
    @inlinable @inline(__always)
    public var ip: UInt64? { word(layout.offsets.instructionPointer) }

    @inlinable @inline(__always)
    public var processID: Int32? {
        word(layout.offsets.threadID).map { Int32(truncatingIfNeeded: $0) }
    }

    @inlinable @inline(__always)
    public var threadID: Int32? {
        word(layout.offsets.threadID).map { Int32(truncatingIfNeeded: $0 >> 32) }
    }

    /// Nanoseconds of the perf clock.
    @inlinable @inline(__always)
    public var time: UInt64? { word(layout.offsets.time) }

    /// The address that was accessed; for breakpoints the breakpoint's.
    @inlinable @inline(__always)
    public var address: UInt64? { word(layout.offsets.address) }

    /// The kernel's id of the event (``Counter/id``), by whichever of the two fields was asked for.
    @inlinable @inline(__always)
    public var id: UInt64? {
        word(layout.offsets.identifier) ?? word(layout.offsets.id)
    }

    /// As ``id``, but different in each inherited event.
    @inlinable @inline(__always)
    public var streamID: UInt64? { word(layout.offsets.streamID) }

    @inlinable @inline(__always)
    public var cpu: Int? {
        word(layout.offsets.cpu).map { Int(UInt32(truncatingIfNeeded: $0)) }
    }

    /// The period that led to this sample.
    @inlinable @inline(__always)
    public var period: UInt64? { word(layout.offsets.period) }

    /// Whether ``ip`` is the very instruction that caused the sample (`PERF_RECORD_MISC_EXACT_IP`).
    @inlinable @inline(__always)
    public var hasExactInstructionPointer: Bool { flags & (1 << 14) != 0 }

    /// Whether the sample was taken in user space (`PERF_RECORD_MISC_USER`).
    @inlinable @inline(__always)
    public var isInUserSpace: Bool { flags & 7 == 2 }

    /// The counter's own value at the overflow, as the kernel recorded it.
    @inlinable @inline(__always)
    public var read: SampleRead? {
        @_lifetime(copy self) get {
            guard layout.fields.contains(.read) else { return nil }
            return SampleRead(bytes: bytes, offset: layout.fixedSize, format: layout.readFormat)
        }
    }
}

extension SampleRecord {
    /// 0 for none, 1 for 32-bit, 2 for 64-bit registers (`PERF_SAMPLE_REGS_ABI_…`); nil where not asked for.
    @inlinable @inline(__always)
    public var userRegistersABI: UInt64? {
        userRegistersOffset == 0 ? nil : bytes.wordInside(at: userRegistersOffset)
    }

    /// User register `number` of the architecture's `asm/perf_regs.h`, the bit number in
    /// ``EventAttributes/userRegisters``. Nil where it was not asked for, or where there was no user space to ask.
    @inlinable @inline(__always)
    public func userRegister(_ number: Int) -> UInt64? {
        guard number >= 0, number < 64, layout.userRegisterMask & (1 &<< UInt64(number)) != 0 else { return nil }
        return userRegister(at: (layout.userRegisterMask & ((1 &<< UInt64(number)) &- 1)).nonzeroBitCount)
    }

    /// The n-th of the registers that were asked for, in ascending order of their numbers, from 0.
    @inlinable @inline(__always)
    public func userRegister(at index: Int) -> UInt64? {
        // userRegistersSize is that of the ABI word and all registers asked for.
        guard index >= 0, index < 64, 8 &* index < layout.userRegistersSize &- 8, let abi = userRegistersABI, abi != 0
        else { return nil }
        return bytes.wordInside(at: userRegistersOffset &+ 8 &+ 8 &* index)
    }

    /// The bytes of a field from READ on, with its own count or size words; nil where it was not asked for.
    ///
    /// For what has no property here: callchains, branch stacks, raw data, stacks, weights. The layout of each is in
    /// perf_event_open(2).
    @_lifetime(copy self)
    public func fieldBytes(_ field: SampleFields) -> RawSpan? {
        guard let range = layout.range(of: field, in: bytes) else { return nil }
        return bytes.extracting(range)
    }
}

/// The READ field of a sample: what read(2) would have returned at the overflow.
@frozen
public struct SampleRead: ~Escapable {
    @usableFromInline let bytes: RawSpan
    @usableFromInline let offset: Int
    public let format: ReadFormat

    @inlinable @inline(__always)
    @_lifetime(copy bytes)
    init(bytes: RawSpan, offset: Int, format: ReadFormat) {
        self.bytes = bytes
        self.offset = offset
        self.format = format
    }

    /// Number of events: 1, or the members of the group.
    @inlinable @inline(__always)
    public var count: Int {
        format.contains(.group) ? Int(truncatingIfNeeded: bytes.word(at: offset) ?? 0) : 1
    }

    /// The first event's count: the leader's in a group.
    @inlinable @inline(__always)
    public var value: UInt64 { value(ofMember: 0) ?? 0 }

    /// Nanoseconds the event was enabled, if the read format asks for it.
    @inlinable @inline(__always)
    public var timeEnabled: UInt64? {
        format.contains(.timeEnabled) ? bytes.word(at: offset + 8) : nil
    }

    /// Nanoseconds it was on a counter, if the read format asks for it.
    @inlinable @inline(__always)
    public var timeRunning: UInt64? {
        format.contains(.timeRunning) ? bytes.word(at: offset + 8 * timeWords) : nil
    }

    /// The count of a member, from 0; nil where there is none.
    @inlinable @inline(__always)
    public func value(ofMember member: Int) -> UInt64? { word(0, ofMember: member) }

    /// The kernel's id of a member, if the read format asks for it.
    @inlinable @inline(__always)
    public func id(ofMember member: Int) -> UInt64? {
        format.contains(.id) ? word(1, ofMember: member) : nil
    }

    /// Samples that a member lost, if the read format asks for it.
    @inlinable @inline(__always)
    public func lost(ofMember member: Int) -> UInt64? {
        format.contains(.lost) ? word(format.contains(.id) ? 2 : 1, ofMember: member) : nil
    }

    @inlinable @inline(__always)
    var timeWords: Int {
        Int(truncatingIfNeeded: (format.rawValue & 3)).nonzeroBitCount
    }

    /// Word `index` (value, id, lost) of a member.
    ///
    /// Group: { nr, times, { value, id, lost }[nr] }; alone: { value, times, id, lost }.
    @inlinable @inline(__always)
    func word(_ index: Int, ofMember member: Int) -> UInt64? {
        guard member >= 0, member < count else { return nil }
        if format.contains(.group) {
            let memberWords = 1 + Int(truncatingIfNeeded: format.rawValue & 0b10100).nonzeroBitCount
            return bytes.word(at: offset + 8 * (1 + timeWords + member * memberWords + index))
        }
        return bytes.wordInside(at: offset &+ 8 &* (index == 0 ? 0 : timeWords &+ index))
    }
}

/// A field of a sample from READ on: its length, or its place, or both, vary from record to record.
struct VariableField: Sendable {
    let field: SampleFields
    /// Bytes that the field takes at the start of what remains of the record, by the field's own account; nil where
    /// that account is not even there. The answer may be more than remains.
    let size: @Sendable (_ rest: RawSpan, SampleLayout) -> Int?

    /// The order in which perf_output_sample() (kernel/events/core.c) writes them.
    ///
    /// The comment at `PERF_RECORD_SAMPLE` in include/uapi/linux/perf_event.h has AUX before the page sizes and leaves
    /// the cgroup out; the code writes the cgroup, the page sizes, then AUX.
    static let inOrder: [VariableField] = [
        VariableField(field: .read, size: sizeOfRead),
        VariableField(field: .callchain) { rest, _ in entries(in: rest, of: 8) },
        VariableField(field: .rawData) { rest, _ in sizeOfRawData(rest) },
        VariableField(field: .branchStack, size: sizeOfBranchStack),
        VariableField(field: .userRegisters) { rest, layout in sizeOfRegisters(rest, layout.userRegisterMask) },
        VariableField(field: .userStack) { rest, _ in sizeOfUserStack(rest) },
        word([.weight, .weightStructure]),
        word(.dataSource),
        word(.transaction),
        VariableField(field: .interruptRegisters) { rest, layout in
            sizeOfRegisters(rest, layout.interruptRegisterMask)
        },
        word(.physicalAddress),
        word(.controlGroup),
        word(.dataPageSize),
        word(.codePageSize),
        VariableField(field: .auxiliaryData) { rest, _ in entries(in: rest, of: 1) },
    ]

    /// Records are 16-bit sizes: a count beyond this cannot be true, and would overflow sums.
    private static let recordLimit: UInt64 = 1 << 16

    private static func word(_ field: SampleFields) -> VariableField {
        VariableField(field: field) { _, _ in 8 }
    }

    /// { nr, entries[nr] }
    private static func entries(in rest: RawSpan, of size: Int, before: Int = 8) -> Int? {
        guard let count = rest.word(at: 0), count <= recordLimit else { return nil }
        return before + Int(count) * size
    }

    /// A group's read says how many members it has; one event's has its fixed size.
    private static func sizeOfRead(_ rest: RawSpan, _ layout: SampleLayout) -> Int? {
        guard layout.readFormat.contains(.group) else { return layout.readSize }
        guard let count = rest.word(at: 0), count <= recordLimit else { return nil }
        return 8 * ReadLayout(format: layout.readFormat).words(members: Int(count))
    }

    /// { u32 size; char data[size] }, padded by the kernel to whole words.
    private static func sizeOfRawData(_ rest: RawSpan) -> Int? {
        guard let word = rest.word(at: 0) else { return nil }
        return (4 + Int(UInt32(truncatingIfNeeded: word)) + 7) & ~7
    }

    /// { nr, hw_idx, { from, to, flags }[nr], counters[nr] }.
    ///
    /// Where the PMU gave no stack at all, the kernel writes nr = 0 and no hw_idx, which nothing in the record tells
    /// from an empty stack; perf (evsel__parse_sample) expects the index, as we do.
    private static func sizeOfBranchStack(_ rest: RawSpan, _ layout: SampleLayout) -> Int? {
        let hasHardwareIndex = layout.branchSampleType & (1 << 17) != 0  // PERF_SAMPLE_BRANCH_HW_INDEX
        let hasCounters = layout.branchSampleType & (1 << 19) != 0  // PERF_SAMPLE_BRANCH_COUNTERS
        return entries(in: rest, of: hasCounters ? 32 : 24, before: hasHardwareIndex ? 16 : 8)
    }

    /// { abi, regs[weight(mask)] }, without registers where there was no user space (`PERF_SAMPLE_REGS_ABI_NONE`).
    private static func sizeOfRegisters(_ rest: RawSpan, _ mask: UInt64) -> Int? {
        guard let abi = rest.word(at: 0) else { return nil }
        return abi == 0 ? 8 : 8 + 8 * mask.nonzeroBitCount
    }

    /// { size, data[size], dyn_size }, without dyn_size where size is 0.
    private static func sizeOfUserStack(_ rest: RawSpan) -> Int? {
        guard let size = rest.word(at: 0), size <= recordLimit else { return nil }
        return size == 0 ? 8 : 16 + Int(size)
    }
}

extension SampleLayout {
    /// Byte range of a field from READ on; nil where the event did not ask for it or the record is too short for it or
    /// for a field before it.
    func range(of wanted: SampleFields, in record: RawSpan) -> Range<Int>? {
        var found: Range<Int>?
        _ = walk(record) { field, range in
            if !field.isDisjoint(with: wanted) && found == nil { found = range }
        }
        return found
    }

    /// Walks all fields from READ on in the order of the record.
    ///
    /// - Returns: where the last one ends, or nil where the record is too short for what its fields say.
    func walk(_ record: RawSpan, _ visit: (SampleFields, Range<Int>) -> Void = { _, _ in }) -> Int? {
        var offset = fixedSize
        guard offset <= record.byteCount else { return nil }
        for variable in VariableField.inOrder where !variable.field.isDisjoint(with: fields) {
            let rest = record.extracting(offset..<record.byteCount)
            guard let size = variable.size(rest, self), size <= rest.byteCount else { return nil }
            visit(variable.field, offset..<(offset + size))
            offset += size
        }
        return offset
    }
}

extension RawSpan {
    /// A word of a record that the decoder found to be as long as its fields say.
    @inlinable @inline(__always)
    func wordInside(at offset: Int) -> UInt64 {
        assert(offset >= 0 && offset <= byteCount - 8)
        return unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
    }

    /// The word at a byte offset, or nil beyond the end.
    @inlinable @inline(__always)
    func word(at offset: Int) -> UInt64? {
        guard offset >= 0, offset <= byteCount - 8 else { return nil }
        return unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }

    /// The 32-bit word at a byte offset, or nil beyond the end.
    @inlinable @inline(__always)
    func halfWord(at offset: Int) -> UInt32? {
        guard offset >= 0, offset <= byteCount - 4 else { return nil }
        return unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
    }
}
