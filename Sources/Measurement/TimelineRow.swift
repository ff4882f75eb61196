/// One event of a recorded program: what a recorder would note down there.
public struct TimelineRow: Codable, Sendable, Hashable {
    /// Its number in its run, from 0.
    public var event: UInt64
    /// What the program did: `system-call`, `signal`, `fault`, `cpuid` or `end`.
    public var kind: String
    /// PMIs that came before it in its run.
    public var pmisBefore: UInt64
    /// Counts that the closed form says there.
    public var expected: UInt64
    /// What the counter said.
    public var counted: UInt64

    public init(event: UInt64, kind: String, pmisBefore: UInt64, expected: UInt64, counted: UInt64) {
        self.event = event
        self.kind = kind
        self.pmisBefore = pmisBefore
        self.expected = expected
        self.counted = counted
    }

    /// Counts missing up to this event; negative for a surplus.
    public var lossSoFar: Int64 { Int64(bitPattern: expected &- counted) }
}
