/// How an entry's head is packed.
enum TimelineCoding {
    /// A rise of the count from here on does not fit beside the three bits: it is written behind the head.
    static let escape: UInt64 = 1 << 60
}
