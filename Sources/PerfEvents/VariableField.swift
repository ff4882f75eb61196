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
