/// What a counter said at one moment. Never scaled.
public struct Reading: Sendable, Hashable {
    /// Counts since the counter was opened or reset.
    public var value: UInt64
    /// Nanoseconds since opening during which the event was enabled. A reset does not clear it.
    public var timeEnabled: UInt64
    /// Nanoseconds during which it was on a counter. Less than ``timeEnabled`` where the kernel shared the counter.
    public var timeRunning: UInt64
    /// The kernel's id of the event, where the read format asks for it.
    public var id: UInt64?
    /// Samples lost, where the read format asks for it.
    public var lost: UInt64?

    public init(value: UInt64, timeEnabled: UInt64, timeRunning: UInt64, id: UInt64? = nil, lost: UInt64? = nil) {
        self.value = value
        self.timeEnabled = timeEnabled
        self.timeRunning = timeRunning
        self.id = id
        self.lost = lost
    }

    /// Whether the event was on a counter whenever it was enabled. Only then is ``value`` a count of everything.
    public var isFullyScheduled: Bool { timeRunning == timeEnabled }

    /// An estimate for an event that shared its counter: value × enabled / running. Nil where it never ran.
    ///
    /// It supposes that the event came as often while it was not counted. No exact count ever uses it.
    public var scaledEstimate: Double? {
        timeRunning == 0 ? nil : Double(value) * (Double(timeEnabled) / Double(timeRunning))
    }
}

/// Where a read has what: the layout that a read format gives (perf_event_open(2), "Reading results").
struct ReadLayout {
    let format: ReadFormat

    /// Words of a read of `members` events.
    func words(members: Int) -> Int {
        format.contains(.group) ? 1 + timeWords + members * memberWords : members * (timeWords + memberWords)
    }

    var timeWords: Int { (format.contains(.timeEnabled) ? 1 : 0) + (format.contains(.timeRunning) ? 1 : 0) }
    /// Words of each member in the group layout: value, id, lost.
    var memberWords: Int { 1 + (format.contains(.id) ? 1 : 0) + (format.contains(.lost) ? 1 : 0) }

    /// The reading of `member`, from words whose number was checked with ``words(members:)``.
    func reading(ofMember member: Int, in words: UnsafeBufferPointer<UInt64>) -> Reading {
        // Group: { nr, enabled, running, { value, id, lost }[nr] }. Alone: { value, enabled, running, id, lost }.
        let isGroup = format.contains(.group)
        let times = 1
        let valueIndex = isGroup ? 1 + timeWords + member * memberWords : 0
        var next = isGroup ? valueIndex + 1 : 1 + timeWords
        var reading = Reading(value: words[valueIndex], timeEnabled: 0, timeRunning: 0)
        if format.contains(.timeEnabled) { reading.timeEnabled = words[times] }
        if format.contains(.timeRunning) { reading.timeRunning = words[times + timeWords - 1] }
        if format.contains(.id) {
            reading.id = words[next]
            next += 1
        }
        if format.contains(.lost) { reading.lost = words[next] }
        return reading
    }
}
