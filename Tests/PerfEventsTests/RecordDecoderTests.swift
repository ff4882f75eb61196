import Testing

@testable import PerfEvents

private func attributes(
    _ fields: SampleFields, read: ReadFormat = .bothTimes, userRegisters: UInt64 = 0
) -> EventAttributes {
    var attributes = EventAttributes(event: .raw(0x1c4))
    attributes.sampleFields = fields
    attributes.readFormat = read
    attributes.userRegisters = userRegisters
    return attributes
}

/// Decodes the record that these words are, and hands it to `body`.
private func withRecord(
    _ words: [UInt64], _ attributes: EventAttributes, _ body: (Record) -> Void = { _ in }
) throws(PerfError) {
    let decoder = try RecordDecoder(attributes)
    let result = words.withUnsafeBytes { memory -> Result<Void, PerfError> in
        do throws(PerfError) {
            body(try decoder.decode(memory.bytes))
            return .success(())
        } catch {
            return .failure(error)
        }
    }
    try result.get()
}

@Suite("The decoder")
struct RecordDecoderTests {
    @Test("finds each field of fixed place, whichever others are there", arguments: 0..<512)
    func fixedFields(subset: Int) throws {
        // In the order of the record.
        let order: [SampleFields] = [
            .identifier, .instructionPointer, .threadID, .time, .address, .id, .streamID, .cpu, .period,
        ]
        let chosen = order.indices.filter { subset & (1 << $0) != 0 }
        let fields = SampleFields(chosen.map { order[$0] })
        let words = chosen.map { UInt64($0 + 1) << 32 | UInt64($0 + 101) }
        func word(_ index: Int) -> UInt64? {
            chosen.firstIndex(of: index).map { words[$0] }
        }
        var decoded = 0
        try withRecord([header(kind: sampleKind, words: words.count)] + words, attributes(fields)) { record in
            guard case .sample(let sample) = record else { return }
            decoded += 1
            #expect(sample.id == word(0) ?? word(5))
            #expect(sample.ip == word(1))
            #expect(sample.processID == word(2).map { _ in 103 } && sample.threadID == word(2).map { _ in 3 })
            #expect(sample.time == word(3))
            #expect(sample.address == word(4))
            #expect(sample.streamID == word(6))
            #expect(sample.cpu == word(7).map { _ in 108 })
            #expect(sample.period == word(8))
            if sample.read != nil { Issue.record("a read that nobody asked for") }
            #expect(sample.userRegister(0) == nil)
        }
        #expect(decoded == 1)
    }

    @Test("finds what comes behind every field of varying length")
    func variableFields() throws {
        var attributes = attributes(
            [
                .instructionPointer, .read, .callchain, .rawData, .branchStack, .userRegisters, .userStack, .weight,
                .dataSource, .transaction, .interruptRegisters, .physicalAddress, .controlGroup, .dataPageSize,
                .codePageSize, .auxiliaryData,
            ], read: [.group, .timeEnabled, .timeRunning, .id, .lost], userRegisters: 0b1_0010_0001)
        attributes.interruptRegisters = 0b11
        attributes.branchSampleType = 1 << 17 | 1 << 19  // PERF_SAMPLE_BRANCH_HW_INDEX, _COUNTERS
        var words: [UInt64] = [0x1000]  // ip
        words += [2, 500, 400, 7, 70, 1, 8, 80, 2]  // group read of two
        words += [3, 11, 12, 13]  // callchain
        words += [UInt64(12) | 0xaaaa_aaaa << 32, 0xbbbb]  // raw: 4 + 12 bytes
        words += [2, 99, 1, 2, 3, 4, 5, 6, 21, 22]  // branch stack with index and counters
        words += [2, 31, 32, 33]  // user registers
        words += [16, 41, 42, 16]  // user stack
        words += [51, 52, 53]  // weight, data source, transaction
        words += [2, 61, 62]  // interrupt registers
        words += [71, 72, 73, 74]  // physical address, cgroup, page sizes
        words += [8, 81]  // aux
        let record = [header(kind: sampleKind, words: words.count)] + words
        var decoded = 0
        try withRecord(record, attributes) { record in
            guard case .sample(let sample) = record, let read = sample.read else { return }
            decoded += 1
            #expect(read.count == 2 && read.timeEnabled == 500 && read.timeRunning == 400)
            #expect(read.value == 7 && read.id(ofMember: 0) == 70 && read.lost(ofMember: 0) == 1)
            #expect(read.value(ofMember: 1) == 8 && read.id(ofMember: 1) == 80 && read.lost(ofMember: 1) == 2)
            #expect(read.value(ofMember: 2) == nil && read.value(ofMember: -1) == nil)
            #expect(sample.userRegister(0) == 31 && sample.userRegister(5) == 32 && sample.userRegister(8) == 33)
            #expect(sample.userRegister(1) == nil && sample.userRegister(64) == nil)
            #expect(sample.userRegister(at: 3) == nil && sample.userRegister(at: Int.max) == nil)
            let firstWords: [(SampleFields, UInt64)] = [
                (.callchain, 3), (.branchStack, 2), (.userStack, 16), (.weight, 51), (.dataSource, 52),
                (.transaction, 53), (.interruptRegisters, 2), (.physicalAddress, 71), (.controlGroup, 72),
                (.dataPageSize, 73), (.codePageSize, 74), (.auxiliaryData, 8),
            ]
            for (field, word) in firstWords { #expect(sample.fieldBytes(field)?.word(at: 0) == word) }
            #expect(sample.fieldBytes(.auxiliaryData)?.word(at: 8) == 81)
        }
        #expect(decoded == 1)
        // Each prefix of this record is shorter than its fields say.
        for count in 1..<words.count {
            let short = [header(kind: sampleKind, words: count)] + words[..<count]
            #expect(perfError { () throws(PerfError) in try withRecord(short, attributes) }?.code == .malformedRecord)
        }
    }

    @Test("gives no user registers where there was no user space to ask")
    func noUserRegisters() throws {
        let asked = attributes([.instructionPointer, .userRegisters], userRegisters: 0b11)
        var abi: UInt64?
        try withRecord([header(kind: sampleKind, words: 2), 1, 0], asked) { record in
            guard case .sample(let sample) = record else { return }
            abi = sample.userRegistersABI
            #expect(sample.userRegister(0) == nil && sample.userRegister(at: 0) == nil)
        }
        #expect(abi == 0)
    }

    @Test("understands the records that are no samples, with and without a trailer", arguments: [false, true])
    func otherRecords(hasTrailer: Bool) throws {
        var attributes = attributes([.threadID, .time, .cpu, .identifier, .instructionPointer])
        attributes.identifiesAllRecords = hasTrailer
        let trailer: [UInt64] = hasTrailer ? [UInt64(9) << 32 | 8, 1234, 3, 55] : []
        func decode(_ kind: UInt32, flags: UInt16 = 0, _ body: [UInt64]) throws -> String {
            var text = "nothing"
            let words = body + trailer
            try withRecord([header(kind: kind, flags: flags, words: words.count)] + words, attributes) { record in
                text = describe(record, hasTrailer: hasTrailer)
            }
            return text
        }
        #expect(try decode(2, [70, 5]) == "lost 70 5")
        #expect(try decode(13, [6]) == "lost nil 6")
        #expect(try decode(5, [1, 2, 3]) == "throttle 1 2 3")
        #expect(try decode(6, [1, 2, 3]) == "unthrottle 1 2 3")
        #expect(try decode(14, flags: 1 << 13, []) == "switch true false nil nil")
        #expect(try decode(14, flags: 1 << 13 | 1 << 14, []) == "switch true true nil nil")
        #expect(try decode(15, [UInt64(4) << 32 | 3]) == "switch false false 3 4")
        #expect(try decode(4, [UInt64(2) << 32 | 1, UInt64(4) << 32 | 3, 5]) == "exit 1 2 3 4 5")
        #expect(try decode(7, [UInt64(2) << 32 | 1, UInt64(4) << 32 | 3, 5]) == "fork 1 2 3 4 5")
        #expect(try decode(99, flags: 7, [1, 2, 3]) == "unknown 99 7 \(hasTrailer ? 64 : 32)")
    }

    @Test("refuses a record whose size cannot be", arguments: [0, 1, 7, 9, 15, 24, 65528, 65535])
    func impossibleSizes(size: Int) {
        // 16 bytes are there.
        let record: [UInt64] = [UInt64(sampleKind) | UInt64(size) << 48, 0]
        let error = perfError { () throws(PerfError) in try withRecord(record, attributes([])) }
        #expect(error?.code == .malformedRecord)
    }

    @Test("refuses bodies that are too short for their kind", arguments: [2, 4, 5, 6, 7, 13, 15] as [UInt32])
    func shortBodies(kind: UInt32) {
        let record = [header(kind: kind, words: 0)]
        #expect(perfError { () throws(PerfError) in try withRecord(record, attributes([])) }?.code == .malformedRecord)
        #expect(perfError { () throws(PerfError) in try withRecord([], attributes([])) }?.code == .malformedRecord)
    }

    @Test("refuses sample fields that it does not know")
    func unknownFields() {
        let error = perfError { () throws(PerfError) in
            _ = try RecordDecoder(attributes(SampleFields(rawValue: 1 << 40)))
        }
        #expect(error?.code == .invalidAttributes)
    }
}

/// A record in words, after checking its trailer.
private func describe(_ record: borrowing Record, hasTrailer: Bool) -> String {
    func check(_ identity: RecordIdentity) {
        #expect(identity.processID == (hasTrailer ? 8 : nil) && identity.threadID == (hasTrailer ? 9 : nil))
        #expect(identity.time == (hasTrailer ? 1234 : nil) && identity.cpu == (hasTrailer ? 3 : nil))
        #expect(identity.id == (hasTrailer ? 55 : nil) && identity.streamID == nil)
    }
    func text(_ value: (some Any)?) -> String { value.map { "\($0)" } ?? "nil" }
    switch copy record {
    case .sample: return "sample"
    case .lost(let lost):
        check(lost.identity)
        return "lost \(text(lost.id)) \(lost.count)"
    case .throttle(let throttle):
        check(throttle.identity)
        return "throttle \(throttle.time) \(throttle.id) \(throttle.streamID)"
    case .unthrottle(let throttle):
        check(throttle.identity)
        return "unthrottle \(throttle.time) \(throttle.id) \(throttle.streamID)"
    case .contextSwitch(let change):
        check(change.identity)
        let other = "\(text(change.otherProcessID)) \(text(change.otherThreadID))"
        return "switch \(change.isOut) \(change.isPreempted) \(other)"
    case .exit(let task):
        check(task.identity)
        return "exit \(task.processID) \(task.parentProcessID) \(task.threadID) \(task.parentThreadID) \(task.time)"
    case .fork(let task):
        check(task.identity)
        return "fork \(task.processID) \(task.parentProcessID) \(task.threadID) \(task.parentThreadID) \(task.time)"
    case .unknown(let unknown): return "unknown \(unknown.kind) \(unknown.flags) \(unknown.size)"
    }
}
