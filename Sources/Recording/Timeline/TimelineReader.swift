import Glibc
import SystemPackage

/// Reads a timeline from its file, in constant memory, and believes nothing that its checksums do not confirm.
public struct TimelineReader: ~Copyable {
    private let path: String
    private var input: TimelineInput
    public let header: TimelineHeader

    public init(path: String) throws(TimelineError) {
        var input = try TimelineInput(path: path)
        var start = try input.read(TimelineFormat.magic.count, orMissing: .notATimeline(path))
        guard start == TimelineFormat.magic else { throw .notATimeline(path) }
        let rest = try input.read(6, orMissing: .truncated(path))
        start += rest
        var reader = ByteReader(rest)
        guard let version = reader.littleEndian(UInt16.self), let length = reader.littleEndian(UInt32.self) else {
            throw .truncated(path)
        }
        guard version <= TimelineFormat.version else { throw .newerVersion(path, version) }
        guard version > 0, length <= TimelineFormat.largestHeader else { throw .damaged(path, part: "its start") }
        let encoded = try input.read(Int(length), orMissing: .truncated(path))
        start += encoded
        guard try Self.checksum(&input, path) == Checksum.of(start) else { throw .damaged(path, part: "its header") }
        guard let header = TimelineHeader(encoded: encoded) else { throw .damaged(path, part: "its header") }
        self.header = header
        self.input = input
        self.path = path
    }

    private var block = ByteReader([])
    private var entriesLeft: UInt32 = 0
    private var blocks: UInt32 = 0
    private var lastCount: UInt64 = 0
    private var isAtEnd = false
    /// What has been read so far.
    public private(set) var totals = TimelineTotals()

    /// The next entry; nil at the end, once that has proved to be the whole file's.
    public mutating func next() throws(TimelineError) -> TimelineEntry? {
        while entriesLeft == 0 {
            if isAtEnd { return nil }
            try readPart()
        }
        entriesLeft -= 1
        guard let entry = decodeEntry(), entriesLeft > 0 || block.isAtEnd else {
            throw .damaged(path, part: "block \(blocks)")
        }
        switch entry {
        case .event: totals.events += 1
        case .pmi: totals.pmis += 1
        }
        return entry
    }

    /// Reads a file to its end.
    public static func verify(path: String) throws(TimelineError) -> TimelineTotals {
        var reader = try TimelineReader(path: path)
        while try reader.next() != nil {}
        return reader.totals
    }

    private mutating func decodeEntry() -> TimelineEntry? {
        guard let head = block.varint() else { return nil }
        var rise = head >> 3
        if rise == TimelineCoding.escape {
            guard let behind = block.varint(), behind >= rise else { return nil }
            rise = behind
        }
        let count = lastCount &+ UInt64(bitPattern: ZigZag.decode(rise))
        lastCount = count
        let what = head & 7
        guard what == TimelineFormat.pmi else {
            return EventKind(rawValue: UInt8(what)).map { .event($0, count: count) }
        }
        guard let offset = block.varint().flatMap(UInt32.init(exactly:)), let remaining = block.varint() else {
            return nil
        }
        return .pmi(RecordedPMI(count: count, offset: offset, remaining: remaining))
    }

    private mutating func readPart() throws(TimelineError) {
        let marker = try input.read(1, orMissing: .truncated(path))
        switch marker[0] {
        case TimelineFormat.blockMarker: try readBlock(marker)
        case TimelineFormat.trailerMarker: try readTrailer(marker)
        default: throw .damaged(path, part: "what follows block \(blocks)")
        }
    }

    private mutating func readBlock(_ marker: [UInt8]) throws(TimelineError) {
        let head = try input.read(TimelineFormat.blockHeadLength, orMissing: .truncated(path))
        var reader = ByteReader(head)
        guard
            let number = reader.littleEndian(UInt32.self), let entries = reader.littleEndian(UInt32.self),
            let length = reader.littleEndian(UInt32.self), number == blocks, entries > 0,
            length <= TimelineFormat.largestBlock
        else { throw .damaged(path, part: "block \(blocks)") }
        let payload = try input.read(Int(length), orMissing: .truncated(path))
        var sum = Checksum()
        sum.add(marker)
        sum.add(head)
        sum.add(payload)
        guard try Self.checksum(&input, path) == sum.value else { throw .damaged(path, part: "block \(blocks)") }
        block = ByteReader(payload)
        entriesLeft = entries
        blocks += 1
    }

    private mutating func readTrailer(_ marker: [UInt8]) throws(TimelineError) {
        let body = try input.read(TimelineFormat.trailerBodyLength, orMissing: .truncated(path))
        guard try Self.checksum(&input, path) == Checksum.of(marker + body) else {
            throw .damaged(path, part: "its end")
        }
        var reader = ByteReader(body)
        guard
            reader.littleEndian(UInt32.self) == blocks, reader.littleEndian(UInt64.self) == totals.events,
            reader.littleEndian(UInt64.self) == totals.pmis
        else { throw .damaged(path, part: "the number of its entries") }
        guard try input.isAtEnd() else { throw .damaged(path, part: "what follows its end") }
        isAtEnd = true
    }

    private static func checksum(_ input: inout TimelineInput, _ path: String) throws(TimelineError) -> UInt32? {
        var reader = ByteReader(try input.read(TimelineFormat.checksumLength, orMissing: .truncated(path)))
        return reader.littleEndian(UInt32.self)
    }
}
