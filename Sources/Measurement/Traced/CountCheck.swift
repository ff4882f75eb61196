/// How the counts of a whole run compared with others: the closed form's, or a recording's.
public struct CountCheck: Codable, Sendable, Hashable {
    /// Events at which the count was compared, the end included.
    public var events: UInt64 = 0
    /// Events at which it was another one.
    public var differing: UInt64 = 0
    /// The first of them.
    public var first: FirstDifference?
    /// Expected minus counted at the end: a deficit where positive, a surplus where negative.
    public var deficitAtEnd: Int64 = 0

    private var pmisAtLastEvent: UInt64 = 0

    private enum CodingKeys: CodingKey {
        case events, differing, first, deficitAtEnd
    }

    public init() {}

    public var isExact: Bool { differing == 0 }

    /// Compares the next event's count.
    ///
    /// - Returns: the row, with no fewer PMIs before it than before the last one.
    @discardableResult
    mutating func compare(_ row: TimelineRow) -> TimelineRow {
        var row = row
        row.pmisBefore = max(row.pmisBefore, pmisAtLastEvent)
        if row.counted != row.expected {
            differing += 1
            if first == nil { first = FirstDifference(row, pmisSinceLastEvent: row.pmisBefore - pmisAtLastEvent) }
        }
        deficitAtEnd = row.lossSoFar
        pmisAtLastEvent = row.pmisBefore
        events += 1
        return row
    }
}

/// The first event at which two counts differ.
public struct FirstDifference: Codable, Sendable, Hashable {
    /// Its number, from 0.
    public var event: UInt64
    /// As ``TimelineRow/kind``.
    public var kind: String
    /// What it should have been: the closed form's count, or the recording's.
    public var expected: UInt64
    public var counted: UInt64
    /// PMIs of the recording that came before it.
    public var pmisBefore: UInt64
    /// Of these, those that came since the event before it.
    public var pmisSinceLastEvent: UInt64

    fileprivate init(_ row: TimelineRow, pmisSinceLastEvent: UInt64) {
        event = row.event
        kind = row.kind
        expected = row.expected
        counted = row.counted
        pmisBefore = row.pmisBefore
        self.pmisSinceLastEvent = pmisSinceLastEvent
    }

    /// Expected minus counted.
    public var deficit: Int64 { Int64(bitPattern: expected &- counted) }
}

/// What the counter said at the PMIs themselves, where the program's registers say how far it really was.
public struct PMICheck: Codable, Sendable, Hashable {
    /// PMIs whose true position is known.
    public var located: UInt64 = 0
    /// Of these, PMIs at which more had got lost than at the one before: a loss that is there when the interrupt is
    /// taken.
    public var losing: UInt64 = 0
    /// Least and most counts between an overflow and its PMI, as the counter has it and as it really was. Absent
    /// without PMIs, and the true ones for taken branches.
    public var apparentSkid: SkidRange?
    public var skid: SkidRange?

    private var lossSoFar: Int64 = 0

    private enum CodingKeys: CodingKey {
        case located, losing, apparentSkid, skid
    }

    public init() {}

    mutating func add(counted: UInt64, truePosition: UInt64?, overflow: UInt64) {
        let apparent = Int64(bitPattern: counted &- overflow)
        apparentSkid = SkidRange.extended(apparentSkid, by: apparent)
        guard let truePosition else { return }
        located += 1
        let loss = Int64(bitPattern: truePosition &- counted)
        if loss > lossSoFar { losing += 1 }
        skid = SkidRange.extended(skid, by: apparent + loss - lossSoFar)
        lossSoFar = loss
    }

    /// What was lost behind the PMI by intent is nothing that the next one has lost.
    mutating func excuse(_ planted: UInt64) { lossSoFar += Int64(clamping: planted) }
}

/// Least and most.
public struct SkidRange: Codable, Sendable, Hashable {
    public var min: Int64
    public var max: Int64

    static func extended(_ range: SkidRange?, by value: Int64) -> SkidRange {
        SkidRange(min: Swift.min(range?.min ?? value, value), max: Swift.max(range?.max ?? value, value))
    }
}
