import Glibc
import SystemPackage
import Testing

@testable import Recording

@Suite("The timeline file")
struct TimelineFileTests {
    private static let entries: [TimelineEntry] = [
        .event(.systemCall, count: 5), .pmi(RecordedPMI(count: 97, offset: 0x88, remaining: 12)),
        .event(.fault, count: 97), .event(.signal, count: 60), .event(.identification, count: 1 << 62),
        .pmi(RecordedPMI(count: .max, offset: .max, remaining: .max)), .event(.end, count: 0),
    ]

    private static func header() throws -> TimelineHeader {
        Fixtures.header(
            Fixtures.plan(try Fixtures.program(), planting: PlantedLosses(low: 1, high: 9, seed: .max)))
    }

    private static func write(_ entries: some Sequence<TimelineEntry>, to path: String) throws {
        var writer = try TimelineWriter(path: path, header: header())
        for entry in entries { try writer.append(entry) }
        try writer.finish()
    }

    private static func read(_ path: String) throws -> (TimelineHeader, [TimelineEntry]) {
        var reader = try TimelineReader(path: path)
        var entries: [TimelineEntry] = []
        while let entry = try reader.next() { entries.append(entry) }
        return (reader.header, entries)
    }

    /// Runs `body` with the bytes of a small timeline.
    private func withTimeline(_ body: (_ path: String, _ bytes: [UInt8]) throws -> Void) throws {
        let path = Fixtures.scratchPath()
        defer { Fixtures.remove(path) }
        try Self.write(Self.entries, to: path)
        try body(path, try bytes(of: path))
    }

    private func bytes(of path: String) throws -> [UInt8] {
        let descriptor = try FileDescriptor.open(path, .readOnly)
        defer { try? descriptor.close() }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = try bytes.withUnsafeMutableBytes { try descriptor.read(into: $0) }
        return Array(bytes.prefix(count))
    }

    private func put(_ bytes: [UInt8], into path: String) throws {
        let descriptor = try FileDescriptor.open(path, .writeOnly, options: .truncate)
        defer { try? descriptor.close() }
        _ = try descriptor.writeAll(bytes)
    }

    /// What reading those bytes as a timeline leads to; nil where they are taken for one.
    private func refusal(_ bytes: [UInt8], at path: String) throws -> TimelineError? {
        try put(bytes, into: path)
        do throws(TimelineError) {
            _ = try TimelineReader.verify(path: path)
            return nil
        } catch {
            return error
        }
    }

    private func expect(
        _ bytes: [UInt8], at path: String, leadTo expected: TimelineError?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let found = try refusal(bytes, at: path)
        #expect(found == expected, sourceLocation: sourceLocation)
    }

    @Test("What was written is read: the header and every entry, in order")
    func roundTrip() throws {
        try withTimeline { path, _ in
            let (header, entries) = try Self.read(path)
            #expect(header == (try Self.header()))
            #expect(entries == Self.entries)
            #expect(try TimelineReader.verify(path: path) == TimelineTotals(events: 5, pmis: 2))
        }
    }

    @Test("No single flipped bit, wherever it is, goes unnoticed")
    func bitFlips() throws {
        try withTimeline { path, bytes in
            for index in bytes.indices {
                for bit in 0..<8 {
                    var damaged = bytes
                    damaged[index] ^= 1 << UInt8(bit)
                    let found = try refusal(damaged, at: path)
                    #expect(found != nil, "byte \(index), bit \(bit)")
                }
            }
        }
    }

    @Test("A file that is cut off anywhere is truncated, and says so")
    func truncation() throws {
        try withTimeline { path, bytes in
            for count in 0..<bytes.count {
                let found = try refusal(Array(bytes.prefix(count)), at: path)
                #expect(found == (count < TimelineFormat.magic.count ? .notATimeline(path) : .truncated(path)))
            }
        }
    }

    @Test("Each damage has its own error: start, version, header, block, end, appendix")
    func kinds() throws {
        try withTimeline { path, bytes in
            func flipped(_ index: Int) -> [UInt8] {
                var bytes = bytes
                bytes[index] ^= 0x10
                return bytes
            }
            try expect(flipped(0), at: path, leadTo: .notATimeline(path))
            try expect(Array("a poem\n".utf8) + bytes, at: path, leadTo: .notATimeline(path))
            try expect(flipped(8), at: path, leadTo: .newerVersion(path, 17))
            try expect(flipped(20), at: path, leadTo: .damaged(path, part: "its header"))
            let trailer = bytes.count - 1 - TimelineFormat.trailerBodyLength - TimelineFormat.checksumLength
            try expect(flipped(trailer - 6), at: path, leadTo: .damaged(path, part: "block 0"))
            try expect(flipped(trailer), at: path, leadTo: .damaged(path, part: "what follows block 1"))
            try expect(flipped(bytes.count - 1), at: path, leadTo: .damaged(path, part: "its end"))
            try expect(bytes + [0], at: path, leadTo: .damaged(path, part: "what follows its end"))
        }
    }

    @Test("Blocks that are swapped, left out or written twice are noticed, each whole as it is")
    func blocks() throws {
        let path = Fixtures.scratchPath()
        defer { Fixtures.remove(path) }
        // Some more than two blocks of two bytes an entry.
        try Self.write((0..<36_000).map { .event(.fault, count: $0 * 20) }, to: path)
        var whole: [UInt8] = []
        let descriptor = try FileDescriptor.open(path, .readOnly)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while case let count = try buffer.withUnsafeMutableBytes({ try descriptor.read(into: $0) }), count > 0 {
            whole += buffer.prefix(count)
        }
        try descriptor.close()
        let starts = Self.blockStarts(whole)
        try #require(starts.count == 4)
        func block(_ number: Int) -> [UInt8] { Array(whole[starts[number]..<starts[number + 1]]) }
        let (head, tail) = (Array(whole[..<starts[0]]), Array(whole[starts[3]...]))
        try expect(head + block(0) + block(1) + block(2) + tail, at: path, leadTo: nil)
        try expect(head + block(1) + block(0) + block(2) + tail, at: path, leadTo: .damaged(path, part: "block 0"))
        try expect(head + block(0) + block(2) + tail, at: path, leadTo: .damaged(path, part: "block 1"))
        try expect(head + block(0) + block(0) + block(1) + tail, at: path, leadTo: .damaged(path, part: "block 1"))
        try expect(
            head + block(0) + block(1) + tail, at: path, leadTo: .damaged(path, part: "the number of its entries"))
    }

    /// Offsets of the blocks, and of the trailer behind them.
    private static func blockStarts(_ bytes: [UInt8]) -> [Int] {
        func number(_ offset: Int) -> Int {
            (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
        }
        var position = TimelineFormat.magic.count + 6 + number(TimelineFormat.magic.count + 2) + 4
        var starts = [position]
        while bytes[position] == TimelineFormat.blockMarker {
            position += 1 + TimelineFormat.blockHeadLength + number(position + 9) + 4
            starts.append(position)
        }
        return starts
    }

    @Test("A writer that is given up leaves the old file and no other")
    func givenUp() throws {
        try withTimeline { path, bytes in
            do {
                var writer = try TimelineWriter(path: path, header: Self.header())
                try writer.append(.event(.end, count: 1))
            }
            #expect(try self.bytes(of: path) == bytes)
            // rmdir(2) in `remove` succeeds only where nothing else is left.
            unlink(path)
            #expect(rmdir(String(path.prefix(upTo: try #require(path.lastIndex(of: "/"))))) == 0)
        }
    }

    @Test("A file that cannot be written or read is an error with its path and the reason")
    func inaccessible() throws {
        #expect(throws: TimelineError.cannotWrite("/nonexistent/x", .noSuchFileOrDirectory)) {
            _ = try TimelineWriter(path: "/nonexistent/x", header: Self.header())
        }
        #expect(throws: TimelineError.cannotWrite("/tmp", .isDirectory)) {
            _ = try TimelineWriter(path: "/tmp", header: Self.header())
        }
        #expect(throws: TimelineError.cannotWrite("/dev/full", .noSpace)) {
            _ = try TimelineWriter(path: "/dev/full", header: Self.header())
        }
        #expect(throws: TimelineError.cannotRead("/nonexistent/x", .noSuchFileOrDirectory)) {
            _ = try TimelineReader(path: "/nonexistent/x")
        }
        #expect(throws: TimelineError.cannotRead("/tmp", .isDirectory)) { _ = try TimelineReader(path: "/tmp") }
        #expect(throws: TimelineError.notATimeline("/dev/null")) { _ = try TimelineReader(path: "/dev/null") }
    }

    @Test("An event of segments of thousands of branches takes less than ten bytes: ten million less than 100 MB")
    func size() throws {
        let path = Fixtures.scratchPath()
        defer { Fixtures.remove(path) }
        let program = try #require(
            RecordedProgram(
                seed: 1, segments: 100_000, shortest: 1, longest: 2_500_000, kinds: [.systemCall, .fault]))
        var walk = SegmentWalk(program, .conditionalBranches)
        var writer = try TimelineWriter(path: path, header: Self.header())
        while let kind = walk.kind {
            try writer.append(.event(kind, count: walk.expected))
            walk.pass()
        }
        try writer.finish()
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_size < 10 * 100_000)
        #expect(try TimelineReader.verify(path: path).events == 100_001)
    }

    @Test("The checksum is CRC-32C, by the vectors of RFC 3720")
    func checksum() {
        #expect(Checksum.of([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(Checksum.of([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(Checksum.of(Array(0..<32)) == 0x46DD_794E)
        #expect(Checksum.of(Array("123456789".utf8)) == 0xE306_9283)
    }

    @Test(
        "Varints and signed numbers read back, and what nobody writes is refused",
        arguments: [0, 1, 127, 128, 1 << 60, .max] as [UInt64])
    func numbers(number: UInt64) {
        var bytes: [UInt8] = []
        bytes.appendVarint(number)
        var reader = ByteReader(bytes)
        #expect(reader.varint() == number && reader.isAtEnd)
        var short = ByteReader(Array(bytes.dropLast()))
        #expect(short.varint() == nil)
        let signed = Int64(bitPattern: number)
        #expect(ZigZag.decode(ZigZag.encode(signed)) == signed)
        #expect(ZigZag.decode(ZigZag.encode(0 &- signed)) == 0 &- signed)
        var long = ByteReader([UInt8](repeating: 0xFF, count: 9) + [2])
        #expect(long.varint() == nil)
    }
}
