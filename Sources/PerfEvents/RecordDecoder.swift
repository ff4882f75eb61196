import CPerf

/// Turns the bytes of records into ``Record``s. It knows one event's attributes, and keeps nothing else.
///
/// Byte order is the machine's; both architectures that this package supports are little-endian.
public struct RecordDecoder: Sendable, Hashable {
    /// One layout, in memory of its own: each sample refers to it, where a copy of its 80 bytes would cost more than decoding.
    @usableFromInline let layouts: [SampleLayout]
    /// Named in errors.
    @usableFromInline let event: Event
    private let trailerSize: Int

    /// - Throws: code `invalidAttributes` where the attributes ask for a sample field whose layout is not known here.
    public init(_ attributes: EventAttributes) throws(PerfError) {
        event = attributes.event
        let layout = SampleLayout(attributes)
        layouts = [layout]
        trailerSize = RecordIdentity.size(attributes)
        guard layout.fields.isSubset(of: .known) else {
            throw PerfError(
                code: .invalidAttributes, operation: .decode, subject: "\(attributes.event)",
                explanation: "it asks for sample fields that this decoder does not know",
                suggestion: "ask for fields named in SampleFields only")
        }
    }

    /// Where a sample has what.
    @inlinable public var layout: SampleLayout { layouts[0] }

    /// Decodes the record at the start of `bytes`. The record lives no longer than they and this decoder do.
    ///
    /// - Throws: code `malformedRecord` for a size that cannot be, or a record that is shorter than its fields.
    @inlinable
    @_lifetime(copy bytes, borrow self)
    public func decode(_ bytes: RawSpan) throws(PerfError) -> Record {
        guard let word = bytes.word(at: 0) else { throw malformed("there are \(bytes.byteCount) bytes, no header") }
        let header = RecordHeader(word)
        guard header.isPossible(within: UInt64(bytes.byteCount)) else {
            throw malformed(header, available: UInt64(bytes.byteCount))
        }
        return try decode(header, bytes.extracting(0..<header.size))
    }

    /// Decodes a record whose header was checked and whose bytes are exactly these.
    @inlinable @inline(__always)
    @_lifetime(copy bytes, borrow self)
    func decode(_ header: RecordHeader, _ bytes: RawSpan) throws(PerfError) -> Record {
        guard header.kind == RecordHeader.sampleKind else { return try decodeOther(header, bytes) }
        let layouts = layouts.span
        let layout = layouts[unchecked: 0]
        guard layout.isSimple else { return .sample(try decodeVariableSample(header, bytes)) }
        let readEnd = layout.fixedSize + layout.readSize
        guard layout.fields.contains(.userRegisters) else {
            guard bytes.byteCount >= readEnd else { throw malformed(header, needing: readEnd) }
            return .sample(
                SampleRecord(bytes: bytes, layouts: layouts, flags: header.flags, userRegistersOffset: 0))
        }
        guard let abi = bytes.word(at: readEnd) else { throw malformed(header, needing: readEnd + 8) }
        let end = readEnd + (abi == 0 ? 8 : layout.userRegistersSize)
        guard bytes.byteCount >= end else { throw malformed(header, needing: end) }
        return .sample(
            SampleRecord(bytes: bytes, layouts: layouts, flags: header.flags, userRegistersOffset: readEnd))
    }

    @usableFromInline
    @_lifetime(copy bytes, borrow self)
    func decodeVariableSample(_ header: RecordHeader, _ bytes: RawSpan) throws(PerfError) -> SampleRecord {
        var userRegistersOffset = 0
        let end = layout.walk(bytes) { field, range in
            if field == .userRegisters { userRegistersOffset = range.lowerBound }
        }
        guard end != nil else {
            throw malformed("a sample of \(header.size) bytes is shorter than its fields say")
        }
        return SampleRecord(
            bytes: bytes, layouts: layouts.span, flags: header.flags, userRegistersOffset: userRegistersOffset)
    }
}

extension RecordDecoder {
    /// Records that are no samples. They are rare, so nothing here is inlined into callers.
    @usableFromInline @inline(never)
    @_lifetime(copy bytes)
    func decodeOther(_ header: RecordHeader, _ bytes: RawSpan) throws(PerfError) -> Record {
        let bodySize = Self.bodySizes[header.kind] ?? 0
        guard bytes.byteCount >= 8 + bodySize else { throw malformed(header, needing: 8 + bodySize) }
        // The trailer lies at the end, whatever a newer kernel may have put before it.
        let hasTrailer = bytes.byteCount >= 8 + bodySize + trailerSize
        let trailer = bytes.extracting((hasTrailer ? bytes.byteCount - trailerSize : bytes.byteCount)..<bytes.byteCount)
        let identity = RecordIdentity(trailer: trailer, fields: layout.fields)
        let first = bytes.word(at: 8) ?? 0
        let second = bytes.word(at: 16) ?? 0
        let third = bytes.word(at: 24) ?? 0
        switch header.kind {
        case PERF_RECORD_LOST.rawValue:
            return .lost(LostRecord(id: first, count: second, identity: identity))
        case PERF_RECORD_LOST_SAMPLES.rawValue:
            return .lost(LostRecord(id: nil, count: first, identity: identity))
        case PERF_RECORD_THROTTLE.rawValue:
            return .throttle(ThrottleRecord(time: first, id: second, streamID: third, identity: identity))
        case PERF_RECORD_UNTHROTTLE.rawValue:
            return .unthrottle(ThrottleRecord(time: first, id: second, streamID: third, identity: identity))
        case PERF_RECORD_SWITCH.rawValue:
            return .contextSwitch(contextSwitch(header, other: nil, identity))
        case PERF_RECORD_SWITCH_CPU_WIDE.rawValue:
            return .contextSwitch(contextSwitch(header, other: first, identity))
        case PERF_RECORD_EXIT.rawValue:
            return .exit(task(first, second, third, identity))
        case PERF_RECORD_FORK.rawValue:
            return .fork(task(first, second, third, identity))
        default:
            return .unknown(UnknownRecord(kind: header.kind, flags: header.flags, bytes: bytes))
        }
    }

    /// Bytes between the header and the trailer, by kind (include/uapi/linux/perf_event.h).
    private static let bodySizes: [UInt32: Int] = [
        PERF_RECORD_LOST.rawValue: 16,
        PERF_RECORD_LOST_SAMPLES.rawValue: 8,
        PERF_RECORD_THROTTLE.rawValue: 24,
        PERF_RECORD_UNTHROTTLE.rawValue: 24,
        PERF_RECORD_SWITCH.rawValue: 0,
        PERF_RECORD_SWITCH_CPU_WIDE.rawValue: 8,
        PERF_RECORD_EXIT.rawValue: 24,
        PERF_RECORD_FORK.rawValue: 24,
    ]

    @_lifetime(copy identity)
    private func contextSwitch(
        _ header: RecordHeader, other: UInt64?, _ identity: RecordIdentity
    ) -> ContextSwitchRecord {
        ContextSwitchRecord(
            isOut: header.flags & (1 << 13) != 0,  // PERF_RECORD_MISC_SWITCH_OUT
            isPreempted: header.flags & (1 << 14) != 0,  // PERF_RECORD_MISC_SWITCH_OUT_PREEMPT
            otherProcessID: other.map { Int32(truncatingIfNeeded: $0) },
            otherThreadID: other.map { Int32(truncatingIfNeeded: $0 >> 32) }, identity: identity)
    }

    /// { u32 pid, ppid; u32 tid, ptid; u64 time }
    @_lifetime(copy identity)
    private func task(
        _ processes: UInt64, _ threads: UInt64, _ time: UInt64, _ identity: RecordIdentity
    ) -> TaskRecord {
        TaskRecord(
            processID: Int32(truncatingIfNeeded: processes),
            parentProcessID: Int32(truncatingIfNeeded: processes >> 32),
            threadID: Int32(truncatingIfNeeded: threads),
            parentThreadID: Int32(truncatingIfNeeded: threads >> 32),
            time: time, identity: identity)
    }
}

extension RecordDecoder {
    @usableFromInline @inline(never)
    func malformed(_ explanation: String) -> PerfError {
        PerfError(
            code: .malformedRecord, operation: .decode, subject: "\(event)", explanation: explanation,
            suggestion: "this is no ring buffer of this event, or something else wrote into it")
    }

    @usableFromInline @inline(never)
    func malformed(_ header: RecordHeader, needing size: Int) -> PerfError {
        malformed("a record of kind \(header.kind) has \(header.size) bytes and needs \(size)")
    }

    @usableFromInline @inline(never)
    func malformed(_ header: RecordHeader, available: UInt64) -> PerfError {
        malformed("a record of kind \(header.kind) claims \(header.size) bytes where \(available) are left")
    }
}

/// `struct perf_event_header`: { u32 type; u16 misc; u16 size }, as the one word that it is.
@usableFromInline
@frozen
struct RecordHeader: Sendable, Hashable {
    @usableFromInline let word: UInt64

    @inlinable @inline(__always)
    init(_ word: UInt64) { self.word = word }

    @usableFromInline static var sampleKind: UInt32 { 9 }  // PERF_RECORD_SAMPLE

    @inlinable var kind: UInt32 { UInt32(truncatingIfNeeded: word) }
    @inlinable var flags: UInt16 { UInt16(truncatingIfNeeded: word >> 32) }
    @inlinable var size: Int { Int(word >> 48) }

    /// Whole words, at least the header itself, and no more than there is. The kernel keeps records aligned to words
    /// (perf_output_begin(), kernel/events/ring_buffer.c), which is why a header never wraps.
    @inlinable @inline(__always)
    func isPossible(within available: UInt64) -> Bool {
        size >= 8 && size & 7 == 0 && UInt64(size) <= available
    }
}
