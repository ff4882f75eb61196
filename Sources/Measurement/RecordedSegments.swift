/// The segments of a recorded program, between two of its events: on a PMU as long as a recorder's are
/// (kernel-and-rr.md 2.1), a thousandth of that on breakpoints, each count of which costs microseconds.
public struct RecordedSegments: Sendable, Hashable {
    /// How many there are, and so events before the end.
    public var number: UInt64
    /// Iterations of the longest one; the shortest has 1.
    public var longest: UInt64

    /// Iterations of the longest segment, where nothing asks for shorter ones.
    public static func longest(on source: CounterSource) -> UInt64 { source == .breakpoint ? 40 : 40_000 }
    /// Counts between two overflows of a recording, where nothing asks for others.
    public static func period(on source: CounterSource) -> UInt64 { source == .breakpoint ? 97 : 200_003 }
    /// Counts of an iteration. A breakpoint is on one of its two branches.
    private static func countsPerIteration(on source: CounterSource) -> UInt64 { source == .breakpoint ? 1 : 2 }

    /// Counts of a segment of the usual length, on average.
    public static func meanCounts(on source: CounterSource) -> UInt64 {
        countsPerIteration(on: source) * longest(on: source) / 2
    }

    /// A program of about so many counts has at least so many events, however short its segments then are.
    private static let fewest: UInt64 = 100

    /// The program of a run of about so many counts.
    public init(counts: UInt64, on source: CounterSource) {
        number = max(Self.fewest, counts / Self.meanCounts(on: source))
        let mean = counts / number / Self.countsPerIteration(on: source)
        longest = min(max(1, 2 * mean), Self.longest(on: source))
    }
}
