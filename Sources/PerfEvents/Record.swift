/// One record of a ring buffer, read where it lies. It lives no longer than the call that it is handed to.
public enum Record: ~Escapable {
    /// `PERF_RECORD_SAMPLE`: the counter overflowed.
    case sample(SampleRecord)
    /// `PERF_RECORD_LOST`, `PERF_RECORD_LOST_SAMPLES`: the ring was full.
    case lost(LostRecord)
    /// `PERF_RECORD_THROTTLE`: the kernel stopped an event that interrupted too often.
    case throttle(ThrottleRecord)
    /// `PERF_RECORD_UNTHROTTLE`: the event counts again.
    case unthrottle(ThrottleRecord)
    /// `PERF_RECORD_SWITCH`, `PERF_RECORD_SWITCH_CPU_WIDE`.
    case contextSwitch(ContextSwitchRecord)
    /// `PERF_RECORD_EXIT`: a task ended.
    case exit(TaskRecord)
    /// `PERF_RECORD_FORK`: a task began.
    case fork(TaskRecord)
    /// Any other kind, skipped by its size.
    case unknown(UnknownRecord)
}

/// The ring was full.
public struct LostRecord: ~Escapable {
    /// The kernel's id of the event; nil for samples lost in hardware.
    public let id: UInt64?
    /// How many records are missing.
    public let count: UInt64
    public let identity: RecordIdentity

    @_lifetime(copy identity)
    init(id: UInt64?, count: UInt64, identity: RecordIdentity) {
        self.id = id
        self.count = count
        self.identity = identity
    }
}

/// The kernel stopped an event that interrupted too often, or let it run again.
public struct ThrottleRecord: ~Escapable {
    /// Nanoseconds of the perf clock.
    public let time: UInt64
    public let id: UInt64
    public let streamID: UInt64
    public let identity: RecordIdentity

    @_lifetime(copy identity)
    init(time: UInt64, id: UInt64, streamID: UInt64, identity: RecordIdentity) {
        self.time = time
        self.id = id
        self.streamID = streamID
        self.identity = identity
    }
}

/// The thread left the CPU or came back.
public struct ContextSwitchRecord: ~Escapable {
    /// True where the thread left the CPU.
    public let isOut: Bool
    /// True where it left although it could have run on: an involuntary switch.
    public let isPreempted: Bool
    /// The thread that comes next (out) or was there before (in). Only with counters of a whole CPU.
    public let otherProcessID: Int32?
    public let otherThreadID: Int32?
    public let identity: RecordIdentity

    @_lifetime(copy identity)
    init(
        isOut: Bool, isPreempted: Bool, otherProcessID: Int32?, otherThreadID: Int32?, identity: RecordIdentity
    ) {
        self.isOut = isOut
        self.isPreempted = isPreempted
        self.otherProcessID = otherProcessID
        self.otherThreadID = otherThreadID
        self.identity = identity
    }
}

/// A task began or ended.
public struct TaskRecord: ~Escapable {
    public let processID: Int32
    public let parentProcessID: Int32
    public let threadID: Int32
    public let parentThreadID: Int32
    /// Nanoseconds of the perf clock.
    public let time: UInt64
    public let identity: RecordIdentity

    @_lifetime(copy identity)
    init(
        processID: Int32, parentProcessID: Int32, threadID: Int32, parentThreadID: Int32, time: UInt64,
        identity: RecordIdentity
    ) {
        self.processID = processID
        self.parentProcessID = parentProcessID
        self.threadID = threadID
        self.parentThreadID = parentThreadID
        self.time = time
        self.identity = identity
    }
}

/// A record of a kind that is not decoded.
public struct UnknownRecord: ~Escapable {
    /// `PERF_RECORD_…`.
    public let kind: UInt32
    public let flags: UInt16
    /// The whole record, header included.
    public let bytes: RawSpan

    /// Bytes of the record, header included.
    public var size: Int { bytes.byteCount }

    @_lifetime(copy bytes)
    init(kind: UInt32, flags: UInt16, bytes: RawSpan) {
        self.kind = kind
        self.flags = flags
        self.bytes = bytes
    }
}

/// Who and when, at the end of a record that is no sample (`struct sample_id`), where
/// ``EventAttributes/identifiesAllRecords`` is set and as far as the sample fields ask for it.
public struct RecordIdentity: ~Escapable {
    private let trailer: RawSpan
    private let fields: UInt64

    /// The bits of `sample_type` in the order of the trailer: TID, TIME, ID, STREAM_ID, CPU, IDENTIFIER.
    private static let order: [SampleFields] = [.threadID, .time, .id, .streamID, .cpu, .identifier]
    private static let all = SampleFields(order).rawValue

    /// Bytes of the trailer for an event with these attributes.
    static func size(_ attributes: EventAttributes) -> Int {
        attributes.identifiesAllRecords ? 8 * (attributes.sampleFields.rawValue & all).nonzeroBitCount : 0
    }

    @_lifetime(copy trailer)
    init(trailer: RawSpan, fields: SampleFields) {
        self.trailer = trailer
        self.fields = trailer.isEmpty ? 0 : fields.rawValue & Self.all
    }

    private func word(_ field: SampleFields) -> UInt64? {
        guard fields & field.rawValue != 0 else { return nil }
        var offset = 0
        for earlier in Self.order {
            if earlier == field { break }
            if fields & earlier.rawValue != 0 { offset += 8 }
        }
        return trailer.word(at: offset)
    }

    public var processID: Int32? { word(.threadID).map { Int32(truncatingIfNeeded: $0) } }
    public var threadID: Int32? { word(.threadID).map { Int32(truncatingIfNeeded: $0 >> 32) } }
    /// Nanoseconds of the perf clock.
    public var time: UInt64? { word(.time) }
    public var id: UInt64? { word(.identifier) ?? word(.id) }
    public var streamID: UInt64? { word(.streamID) }
    public var cpu: Int? { word(.cpu).map { Int(UInt32(truncatingIfNeeded: $0)) } }
}
