import Testing

@testable import PerfEvents

private func attributes(_ fields: SampleFields = [.instructionPointer, .time]) -> EventAttributes {
    var attributes = EventAttributes(event: .raw(0x1c4))
    attributes.sampleFields = fields
    return attributes
}

private struct Stop: Error, Equatable {}

@Suite("A ring buffer")
struct RingBufferTests {
    @Test("gives every record once, in order, at every place of the wrap")
    func everyWrap() throws {
        // Records of 24 bytes in 64: the wrap falls at each word of a record in turn.
        var ring = try SyntheticRing(dataSize: 64, attributes: attributes())
        for index in 0..<100 as Range<UInt64> {
            ring.write([header(kind: sampleKind, words: 2), index, index * 2])
            ring.write([header(kind: sampleKind, words: 2), index + 1000, 0])
            var seen: [UInt64] = []
            try ring.ring.forEachRecord { record in
                if case .sample(let sample) = record { seen += [sample.ip ?? 0, sample.time ?? 0] }
            }
            #expect(seen == [index, index * 2, index + 1000, 0])
            #expect(ring.tail == ring.head)
            #expect(ring.ring.availableBytes == 0)
        }
    }

    @Test("is read across the overflow of its 64-bit positions")
    func positionsOverflow() throws {
        var ring = try SyntheticRing(dataSize: 64, attributes: attributes())
        ring.head = 0 &- 24
        ring.tail = ring.head
        for _ in 0..<2 { ring.write([header(kind: sampleKind, words: 2), 5, 6]) }
        var samples = 0
        try ring.ring.forEachRecord { record in if case .sample = record { samples += 1 } }
        #expect(samples == 2)
        #expect(ring.tail == 24)
    }

    @Test("takes a record as read when the body gets it, even if the body throws")
    func bodyThrows() throws {
        var ring = try SyntheticRing(dataSize: 256, attributes: attributes())
        for index in 1...3 as ClosedRange<UInt64> { ring.write([header(kind: sampleKind, words: 2), index, 0]) }
        var seen: [UInt64] = []
        var stopped = false
        do throws(RingError<Stop>) {
            try ring.ring.forEachRecord { (record) throws(Stop) in
                guard case .sample(let sample) = record else { return }
                seen.append(sample.ip ?? 0)
                if seen.count == 2 { throw Stop() }
            }
        } catch {
            if case .body = error { stopped = true }
        }
        #expect(stopped)
        try ring.ring.forEachRecord { record in
            if case .sample(let sample) = record { seen.append(sample.ip ?? 0) }
        }
        #expect(seen == [1, 2, 3])
    }

    @Test("ends at a malformed record, again and again, after giving what came before it")
    func malformedRecord() throws {
        var ring = try SyntheticRing(dataSize: 256, attributes: attributes())
        ring.write([header(kind: sampleKind, words: 2), 1, 0])
        ring.write([0, 0, 0])
        var samples = 0
        for _ in 0..<3 {
            let error = perfError { () throws(PerfError) in
                try ring.ring.forEachRecord { (record) throws(PerfError) in samples += 1 }
            }
            #expect(error?.code == .malformedRecord)
            #expect(ring.tail == 24)
        }
        #expect(samples == 1)
    }

    @Test(
        "refuses positions that cannot be",
        arguments: [(72, 0), (0, 8), (4, 0), (12, 4)] as [(UInt64, UInt64)])
    func impossiblePositions(head: UInt64, tail: UInt64) throws {
        var ring = try SyntheticRing(dataSize: 64, attributes: attributes())
        ring.head = head
        ring.tail = tail
        let error = perfError { () throws(PerfError) in try ring.ring.forEachRecord { _ in } }
        #expect(error?.code == .malformedRecord)
        #expect(ring.tail == tail)
    }

    @Test("refuses memory that is no page and a power of two", arguments: [0, 4, 7, 24, 4095])
    func oddMemory(dataSize: Int) {
        let error = perfError { () throws(PerfError) in
            _ = try SyntheticRing(dataSize: dataSize, attributes: attributes())
        }
        #expect(error?.code == .invalidAttributes)
    }

    @Test("survives a hundred thousand rings of random bytes")
    func randomBytes() throws {
        var generator = SeededGenerator(state: 20_181_120)
        var records: UInt64 = 0
        var malformed = 0
        var checksum: UInt64 = 0
        for _ in 0..<100 {
            var random = EventAttributes(event: .raw(0x1c4))
            random.sampleFields = SampleFields(rawValue: generator.next() & generator.next() & ((1 << 25) - 1))
            random.readFormat = ReadFormat(rawValue: generator.next() & 0x1f)
            random.userRegisters = generator.next() & generator.next() & 0xffff
            random.interruptRegisters = generator.next() & 0xff
            random.branchSampleType = generator.next() & (1 << 17 | 1 << 19)
            random.identifiesAllRecords = generator.next() & 1 == 1
            var ring = try SyntheticRing(dataSize: 256, attributes: random)
            for _ in 0..<1000 {
                scramble(&ring, &generator)
                let tail = ring.tail
                let error = perfError { () throws(PerfError) in
                    try ring.ring.forEachRecord { record in
                        records += 1
                        checksum &+= readEverything(record, index: records)
                    }
                }
                if let error {
                    malformed += 1
                    #expect(error.code == .malformedRecord)
                } else {
                    #expect(ring.tail == ring.head)
                }
                #expect(ring.tail &- tail <= 256)
            }
        }
        // Both happen, or the bytes test nothing.
        #expect(records > 10_000)
        #expect(malformed > 10_000)
        // Keeps the reads from being removed; random bytes do not add up to nothing.
        #expect(checksum != 0)
    }

    /// Random bytes, with headers that are often plausible, or nothing would get past the first.
    private func scramble(_ ring: inout SyntheticRing, _ generator: inout SeededGenerator) {
        ring.fill { generator.next() }
        let start = generator.next() & ~7
        ring.head = start
        ring.tail = start
        var written = 0
        while written < 32 {
            let words = Int(generator.next() % (12 as UInt64))
            let kind: UInt32 = generator.next() & 1 == 0 ? sampleKind : UInt32(generator.next() % 24)
            // Small numbers: counts within a record that are sometimes true.
            let body = (0..<words).map { _ in generator.next() % (generator.next() & 1 == 0 ? 4 : UInt64.max) }
            guard written + 1 + words <= 32 else { break }
            ring.write([header(kind: kind, flags: UInt16(generator.next() & 0xffff), words: words)] + body)
            written += 1 + words
        }
        if generator.next() % 4 == 0 { ring.head = ring.tail &+ (generator.next() % 320) }
    }

    /// Every property, and one field from READ on: another one at each record.
    private func readEverything(_ record: Record, index: UInt64) -> UInt64 {
        switch record {
        case .sample(let sample):
            var sum = sample.ip ?? 0
            let numbers = [sample.time, sample.id, sample.streamID, sample.period, sample.address]
            sum &+= numbers.lazy.compactMap(\.self).first ?? 0
            for number in 0..<18 { sum &+= sample.userRegister(number) ?? 0 }
            if let read = sample.read {
                for member in 0..<min(read.count, 100) {
                    sum &+= read.value(ofMember: member) ?? 0
                    sum &+= read.id(ofMember: member) ?? 0
                    sum &+= read.lost(ofMember: member) ?? 0
                }
                sum &+= read.timeEnabled ?? 0
                sum &+= read.timeRunning ?? 0
            }
            let field = SampleFields(rawValue: 1 << (index % 25))
            sum &+= UInt64(sample.fieldBytes(field)?.byteCount ?? 0)
            return sum
        case .lost(let lost): return lost.identity.time ?? lost.count
        case .contextSwitch(let change): return UInt64(change.identity.cpu ?? 0)
        case .unknown(let unknown): return UInt64(unknown.size)
        default: return 0
        }
    }
}
