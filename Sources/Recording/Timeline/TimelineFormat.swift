/// The timeline file: what a recording saw, event by event. `docs/timeline-format.md` describes every byte.
///
/// A file is a start, a header, blocks and a trailer. Whatever is damaged or cut off is noticed: each part ends with a
/// checksum of itself, blocks are numbered, and the trailer says how many blocks and entries there are. Numbers of
/// fixed width are little-endian; all others are LEB128 varints (DWARF 5, section 7.6).
enum TimelineFormat {
    /// "TCLINE", and two bytes that a transfer as text would change, as in PNG's signature.
    static let magic: [UInt8] = [0x54, 0x43, 0x4C, 0x49, 0x4E, 0x45, 0x0D, 0x0A]
    static let version: UInt16 = 1

    static let blockMarker: UInt8 = 0x42  // "B"
    static let trailerMarker: UInt8 = 0x54  // "T"

    /// Bytes behind a marker: number, entries and length of a block; blocks, events and PMIs of a file.
    static let blockHeadLength = 12
    static let trailerBodyLength = 20
    static let checksumLength = 4

    /// A block is closed when it has so many bytes. With the longest entry it has less than `largestBlock`.
    static let blockTarget = 1 << 15
    static let largestBlock = 1 << 16
    static let largestHeader = 1 << 16

    /// What an entry is, in its lowest three bits: an event's kind, or this.
    static let pmi: UInt64 = 7
}

/// One entry of a timeline.
public enum TimelineEntry: Sendable, Hashable {
    /// The program came to an event, at which the counter said so much.
    case event(EventKind, count: UInt64)
    case pmi(RecordedPMI)
}

/// Where a PMI stopped the program, and what the counter said there. PMIs come where they come: no replay compares
/// them.
public struct RecordedPMI: Sendable, Hashable {
    public var count: UInt64
    /// The instruction pointer, in bytes from the program's first instruction.
    public var offset: UInt32
    /// Iterations of the segment not yet completed: with the events that came before, the program's own proof of where
    /// it was.
    public var remaining: UInt64

    public init(count: UInt64, offset: UInt32, remaining: UInt64) {
        self.count = count
        self.offset = offset
        self.remaining = remaining
    }
}

/// What a file holds.
public struct TimelineTotals: Codable, Sendable, Hashable {
    public var events: UInt64 = 0
    public var pmis: UInt64 = 0
}
