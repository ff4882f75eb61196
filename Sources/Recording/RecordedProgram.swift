import Measurement

/// What the recorded program does: how many segments, how long, and what ends them. The seed decides the rest.
///
/// A segment is a loop of two conditional branches an iteration, ended by an event. The same values are the same
/// program, on every machine of every architecture.
public struct RecordedProgram: Codable, Sendable, Hashable {
    /// Changes where the machine code or the drawing changes, so that an old timeline is not replayed by another
    /// program.
    public static let name = "seeded-segments-1"
    /// More would not fit the sums into 62 bits with the longest segments.
    public static let mostSegments: UInt64 = 1 << 32
    public static let longestSegment: UInt64 = 1 << 28

    public var seed: UInt64
    /// Segments, and so events before the end; 1 to `mostSegments`.
    public var segments: UInt64
    /// Iterations of the shortest and of the longest segment; 1 to `longestSegment`.
    public var shortest: UInt64
    public var longest: UInt64
    /// What may end a segment, without the end; at least one.
    public var kinds: [EventKind]

    /// Nil where a value is out of its range.
    public init?(seed: UInt64, segments: UInt64, shortest: UInt64, longest: UInt64, kinds: [EventKind]) {
        guard
            (1...Self.mostSegments).contains(segments), (1...Self.longestSegment).contains(shortest),
            (shortest...max(shortest, Self.longestSegment)).contains(longest), longest <= Self.longestSegment,
            !kinds.isEmpty, kinds.count <= EventKind.drawn.count, kinds.allSatisfy(EventKind.drawn.contains)
        else { return nil }
        self.seed = seed
        self.segments = segments
        self.shortest = shortest
        self.longest = longest
        self.kinds = kinds
    }

    /// A program whose segments are as long as is usual on that source, of all kinds of events that this machine has.
    /// Nil where a value is out of its range.
    public init?(seed: UInt64, segments: UInt64, on source: CounterSource) {
        self.init(
            seed: seed, segments: segments, shortest: 1, longest: RecordedSegments.longest(on: source),
            kinds: EventKind.available())
    }

    /// Events of a timeline, the end included.
    public var events: UInt64 { segments + 1 }
}
