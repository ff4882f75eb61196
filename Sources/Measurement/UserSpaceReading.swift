/// What the counter-reading instruction said, between two readings of read(2): a counter that goes on counting
/// meanwhile must be between them.
public struct UserSpaceReading: Codable, Sendable, Hashable {
    /// Counts, as read(2) gave them before.
    public var before: UInt64
    /// Counts, as the instruction gave them with the kernel's offset added (perf_event_open(2), `cap_user_rdpmc`).
    public var read: UInt64
    /// Counts, as read(2) gave them afterwards.
    public var after: UInt64
    /// What the instruction itself gave, without the offset. A 0 means disabled (kernel commit 59af95e028d4).
    public var raw: UInt64

    public init(before: UInt64, read: UInt64, after: UInt64, raw: UInt64) {
        self.before = before
        self.read = read
        self.after = after
        self.raw = raw
    }

    public var agrees: Bool { before <= read && read <= after }
}
