import CPerf
import PerfEvents

/// Bytes that make a ring: six words of attributes, one that says where the ring begins, and the records.
struct RecordInput {
    private static let pageSize = 4096
    private static let dataSize = 4096
    private static let headerWords = 7
    nonisolated(unsafe) private static let memory = UnsafeMutableRawBufferPointer.allocate(
        byteCount: pageSize + dataSize, alignment: 4096)

    private let attributes: EventAttributes
    private let tail: Int
    private let records: UnsafeRawBufferPointer

    static func read(_ bytes: UnsafeRawBufferPointer) {
        guard let input = RecordInput(bytes) else { return }
        input.drain()
    }

    private init?(_ bytes: UnsafeRawBufferPointer) {
        let headerSize = Self.headerWords * 8
        guard bytes.count >= headerSize else { return nil }
        func word(_ index: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self) }
        var attributes = EventAttributes(event: .raw(0x1c4))
        attributes.sampleFields = SampleFields(rawValue: word(0))
        attributes.readFormat = ReadFormat(rawValue: word(1))
        attributes.userRegisters = word(2)
        attributes.interruptRegisters = word(3)
        attributes.branchSampleType = word(4)
        attributes.identifiesAllRecords = word(5) & 1 == 1
        self.attributes = attributes
        tail = Int(word(6) % UInt64(Self.dataSize / 8)) * 8
        records = UnsafeRawBufferPointer(rebasing: bytes[headerSize...].prefix(Self.dataSize))
    }

    private func drain() {
        let base = Self.pageSize
        for (index, byte) in records.enumerated() { Self.memory[base + (tail + index) % Self.dataSize] = byte }
        guard let page = Self.memory.baseAddress?.bindMemory(to: perf_event_mmap_page.self, capacity: 1) else { return }
        page.pointee.data_tail = UInt64(tail)
        page.pointee.data_head = UInt64(tail + records.count)
        guard let decoder = try? RecordDecoder(attributes),
            var ring = try? RingBuffer(unsafeMemory: Self.memory, pageSize: Self.pageSize, decoder: decoder)
        else { return }
        var digest: UInt64 = 0
        do throws(PerfError) {
            try ring.forEachRecord { record throws(PerfError) in digest ^= Self.digest(record) }
            precondition(ring.availableBytes == 0, "records were left without an error")
        } catch {
            precondition(error.code == .malformedRecord, "another error than of a malformed record")
        }
        consumed = digest
    }

    /// Everything that a record has to say is read.
    private static func digest(_ record: borrowing Record) -> UInt64 {
        switch record {
        case .sample(let sample): digest(sample)
        case .lost(let lost): lost.count ^ (lost.id ?? 0) ^ digest(lost.identity)
        case .throttle(let throttle), .unthrottle(let throttle):
            throttle.time ^ throttle.id ^ throttle.streamID ^ digest(throttle.identity)
        case .contextSwitch(let change): UInt64(truncatingIfNeeded: change.otherThreadID ?? 0) ^ digest(change.identity)
        case .exit(let task), .fork(let task): task.time ^ digest(task.identity)
        case .unknown(let other): UInt64(other.kind) ^ digest(other.bytes)
        }
    }

    private static func digest(_ sample: borrowing SampleRecord) -> UInt64 {
        var digest = (sample.ip ?? 0) ^ (sample.time ?? 0) ^ (sample.address ?? 0) ^ (sample.id ?? 0)
        digest ^= (sample.streamID ?? 0) ^ (sample.period ?? 0) ^ UInt64(sample.cpu ?? 0)
        digest ^= UInt64(truncatingIfNeeded: sample.processID ?? 0) ^ UInt64(truncatingIfNeeded: sample.threadID ?? 0)
        digest ^= sample.userRegistersABI ?? 0
        for number in 0..<64 { digest ^= sample.userRegister(number) ?? 0 }
        if let read = sample.read {
            digest ^= (read.timeEnabled ?? 0) ^ (read.timeRunning ?? 0)
            for member in 0..<min(read.count, 1 << 10) {
                digest ^= (read.value(ofMember: member) ?? 0) ^ (read.id(ofMember: member) ?? 0)
                digest ^= read.lost(ofMember: member) ?? 0
            }
        }
        for bit in 0..<25 {
            if let bytes = sample.fieldBytes(SampleFields(rawValue: 1 << bit)) { digest ^= Self.digest(bytes) }
        }
        return digest
    }

    private static func digest(_ identity: borrowing RecordIdentity) -> UInt64 {
        (identity.time ?? 0) ^ (identity.id ?? 0) ^ (identity.streamID ?? 0) ^ UInt64(identity.cpu ?? 0)
            ^ UInt64(truncatingIfNeeded: identity.processID ?? 0)
    }

    private static func digest(_ bytes: RawSpan) -> UInt64 {
        var digest = UInt64(bytes.byteCount)
        bytes.withUnsafeBytes { for byte in $0 { digest = digest &* 31 &+ UInt64(byte) } }
        return digest
    }
}

/// Keeps the reading from being optimized away.
nonisolated(unsafe) private var consumed: UInt64 = 0
