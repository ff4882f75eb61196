/// How long the segments of a recorded program are, between two of its events: as far apart as a recorder's are
/// (kernel-and-rr.md 2.1), and a thousandth of that on breakpoints, each count of which costs microseconds.
public enum RecordedSegments {
    /// Iterations of the shortest segment, and of the longest one.
    public static let shortest: UInt64 = 1
    public static func longest(on source: CounterSource) -> UInt64 { source == .breakpoint ? 40 : 40_000 }

    /// Counts between two overflows of a recording.
    public static func period(on source: CounterSource) -> UInt64 { source == .breakpoint ? 97 : 200_003 }

    /// Counts of a segment on average. A breakpoint counts one of an iteration's two branches.
    public static func meanCounts(on source: CounterSource) -> UInt64 {
        (source == .breakpoint ? 1 : 2) * longest(on: source) / 2
    }
}
