/// One PMI of a run: where the program was, and what the counter believed.
public struct LedgerRow: Sendable, Hashable {
    /// Number of this PMI in its run, from 1.
    public var index: UInt64
    /// Nanoseconds of the perf clock (`PERF_SAMPLE_TIME`).
    public var time: UInt64
    /// User instruction pointer, as an offset in bytes from the start of the workload's routine. Absent where the
    /// sample has no user registers: the PMI came before the kernel had saved them.
    public var offset: Int64?
    /// Counts really reached, recovered from the workload's own registers. Absent where the
    /// sample's registers lie outside the routine.
    public var truePosition: UInt64?
    /// The sampler's own value, as the kernel recorded it at the PMI.
    public var counted: UInt64

    public init(index: UInt64, time: UInt64, offset: Int64?, truePosition: UInt64?, counted: UInt64) {
        self.index = index
        self.time = time
        self.offset = offset
        self.truePosition = truePosition
        self.counted = counted
    }

    /// Counts missing up to this PMI; negative for a surplus.
    public var lossSoFar: Int64? {
        truePosition.map { Int64(bitPattern: $0 &- counted) }
    }
}

/// The PMIs of a run, summed up once, while they are read. Diagnoses judge by these sums alone, so a report that keeps
/// few of the rows is judged as the live run was.
public struct Ledger: Sendable, Hashable {
    /// PMIs whose samples had a reading.
    public var rows: UInt64 = 0
    /// Of these, the ones whose registers gave a true position.
    public var positions: UInt64 = 0
    /// Of these, the ones at which the counter did not stand at the true position.
    public var deviating: UInt64 = 0
    /// Rows at which counter and program stand where they stood in the row before.
    public var repeated: UInt64 = 0
    /// Counts missing at the first PMI and at the last one whose position is known; negative for a surplus.
    public var lossAtFirst: Int64?
    public var lossAtLast: Int64?
    /// Loss from one PMI to the next, where both positions are known. The first PMI's own is left out: some
    /// faults lose before the sample is taken and some after it, and in between both show the same.
    public var losses = Histogram()
    /// Counts between an overflow and its PMI that are certain: apparent skid plus the loss at this PMI, up to the first
    /// overflow in the run that has no row of its own. Behind a missing PMI the kernel may load the counter anew, at
    /// another phase, and what is left over of a period is no skid.
    public var skids = Histogram()
    /// The same as the counter itself believed: what is left over of a period at the PMI.
    public var apparentSkids = Histogram()
    /// What the kernel's stopping and resuming the event did to it; nil where it was never throttled.
    public var stops: ThrottleStops?
    /// Rows that were kept, ascending.
    public var kept: [LedgerRow] = []

    /// Rows that a record of a live run keeps. Further PMIs are summed up all the same.
    public static let rowLimit = 4096

    public init() {}
}

/// A sampler that the kernel throttles stands still until it is resumed: it misses what passes, and nothing else may
/// happen to its count.
public struct ThrottleStops: Codable, Sendable, Hashable {
    /// Loss from the last PMI before a stop to the first one behind it. Never negative, unless counts came from nowhere.
    public var losses = Histogram()
    /// Rows at which the event had counted less than at the row before.
    public var reversals: UInt64 = 0
    /// What it had counted at the last PMI.
    public var countedAtLast: UInt64 = 0

    public init() {}
}

/// Sums up rows as they come.
public struct LedgerBuilder: Sendable {
    public private(set) var ledger = Ledger()
    private let period: UInt64
    private var last: LedgerRow?
    /// Overflows that the rows so far account for; nil once one of them has no row.
    private var overflows: UInt64? = 0
    /// Whether the event was stopped behind the last row.
    private var wasStopped = false

    /// - Parameter period: counts of the sampled event between two overflows; skids are known only where it is above 0.
    public init(period: UInt64?) { self.period = period ?? 0 }

    public mutating func add(_ row: LedgerRow) {
        ledger.rows += 1
        let isRepeated = last.map { $0.counted == row.counted && $0.truePosition == row.truePosition } ?? false
        if isRepeated { ledger.repeated += 1 }
        let loss = row.lossSoFar
        if let loss {
            ledger.positions += 1
            if loss != 0 { ledger.deviating += 1 }
            if ledger.positions == 1 { ledger.lossAtFirst = loss }
            ledger.lossAtLast = loss
            if let before = last?.lossSoFar {
                if wasStopped { ledger.stops?.losses.add(loss &- before) } else { ledger.losses.add(loss &- before) }
            }
        }
        addSkid(row, isRepeated: isRepeated)
        if let last, Int64(bitPattern: row.counted) < Int64(bitPattern: last.counted) { ledger.stops?.reversals += 1 }
        ledger.stops?.countedAtLast = row.counted
        last = row
        wasStopped = false
        if ledger.kept.count < Ledger.rowLimit { ledger.kept.append(row) }
    }

    /// The kernel resumes the event, which it had stopped behind the last row.
    public mutating func resume() {
        wasStopped = true
        guard ledger.stops == nil else { return }
        ledger.stops = ThrottleStops()
        ledger.stops?.countedAtLast = last?.counted ?? 0
    }

    private mutating func addSkid(_ row: LedgerRow, isRepeated: Bool) {
        guard period > 0, !isRepeated, let passed = overflows else { return }
        let (overflow, apparent) = row.counted.quotientAndRemainder(dividingBy: period)
        guard overflow == passed + 1 else {
            overflows = nil
            return
        }
        overflows = overflow
        // What passed meanwhile is no skid.
        guard !wasStopped else { return }
        guard let loss = row.lossSoFar, let before = last.map(\.lossSoFar) ?? 0 else { return }
        let skid = Int64(bitPattern: apparent) &+ loss &- before
        guard skid >= 0 else { return }
        ledger.skids.add(skid)
        ledger.apparentSkids.add(Int64(bitPattern: apparent))
    }
}

extension Ledger {
    /// The same with at most so many rows: the first and the last, those at which the loss changes as it does at few
    /// others, and an even sample of the rest.
    public func keeping(_ limit: Int) -> Ledger {
        guard kept.count > limit else { return self }
        var chosen: Set<Int> = [0, kept.count - 1]
        for index in unusualRows() where chosen.count < max(2, limit / 2) { chosen.insert(index) }
        let places = max(1, limit - chosen.count)
        for place in 0..<places where chosen.count < limit { chosen.insert(place * kept.count / places) }
        var thinned = self
        thinned.kept = limit < 1 ? [] : chosen.sorted().prefix(limit).map { kept[$0] }
        return thinned
    }

    /// Rows whose change of the loss is not the commonest one, the rarest change first.
    private func unusualRows() -> [Int] {
        let changes = zip(kept, kept.dropFirst()).enumerated().compactMap { index, pair -> (row: Int, change: Int64)? in
            guard let before = pair.0.lossSoFar, let after = pair.1.lossSoFar else { return nil }
            return (index + 1, after &- before)
        }
        let common = losses.counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
        return changes.filter { $0.change != common }
            .sorted { (losses.counts[$0.change] ?? 0, $0.row) < (losses.counts[$1.change] ?? 0, $1.row) }
            .map(\.row)
    }
}

/// Rows are written as columns, a list for each; a value that a row does not have is `null` there. Of a ledger whose
/// positions are all known and never lost anything, that is not said again: losses of 0 are left out.
extension Ledger: Codable {
    private enum Key: String, CodingKey {
        case rows, positions, deviating, repeated, lossAtFirst, lossAtLast, losses, skids, apparentSkids, stops
        case kept
    }

    private struct Columns: Codable {
        var index: [UInt64] = []
        var time: [UInt64] = []
        var offset: [Int64?]?
        var truePosition: [UInt64?]?
        /// Left out where it is the true position in every row.
        var counted: [UInt64]?

        init(_ rows: [LedgerRow]) {
            index = rows.map(\.index)
            time = rows.map(\.time)
            if rows.contains(where: { $0.counted != $0.truePosition }) { counted = rows.map(\.counted) }
            if rows.contains(where: { $0.offset != nil }) { offset = rows.map(\.offset) }
            if rows.contains(where: { $0.truePosition != nil }) { truePosition = rows.map(\.truePosition) }
        }

        var rows: [LedgerRow]? {
            let lengths = [index.count, time.count, counted?.count, offset?.count, truePosition?.count]
            guard lengths.allSatisfy({ $0 == nil || $0 == index.count }) else { return nil }
            var rows: [LedgerRow] = []
            for place in index.indices {
                guard let count = counted?[place] ?? truePosition?[place] else { return nil }
                rows.append(
                    LedgerRow(
                        index: index[place], time: time[place], offset: offset?[place],
                        truePosition: truePosition?[place], counted: count))
            }
            return rows
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        rows = try container.decode(UInt64.self, forKey: .rows)
        positions = try container.decodeIfPresent(UInt64.self, forKey: .positions) ?? rows
        deviating = try container.decodeIfPresent(UInt64.self, forKey: .deviating) ?? 0
        repeated = try container.decodeIfPresent(UInt64.self, forKey: .repeated) ?? 0
        let nothing: Int64? = positions > 0 ? 0 : nil
        lossAtFirst = try container.decodeIfPresent(Int64.self, forKey: .lossAtFirst) ?? nothing
        lossAtLast = try container.decodeIfPresent(Int64.self, forKey: .lossAtLast) ?? nothing
        losses = try container.decodeIfPresent(Histogram.self, forKey: .losses) ?? noLosses
        skids = try container.decodeIfPresent(Histogram.self, forKey: .skids) ?? Histogram()
        apparentSkids = try container.decodeIfPresent(Histogram.self, forKey: .apparentSkids) ?? skids
        stops = try container.decodeIfPresent(ThrottleStops.self, forKey: .stops)
        guard let columns = try container.decodeIfPresent(Columns.self, forKey: .kept) else { return }
        guard let rows = columns.rows else {
            throw DecodingError.dataCorruptedError(
                forKey: .kept, in: container, debugDescription: "the columns of a ledger are not equally long")
        }
        kept = rows
    }

    /// The losses of a ledger that has all positions, and none.
    private var noLosses: Histogram {
        var losses = Histogram()
        if positions == rows, rows > 1 { losses.add(0, times: rows - 1) }
        return losses
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(rows, forKey: .rows)
        if positions != rows { try container.encode(positions, forKey: .positions) }
        if deviating > 0 { try container.encode(deviating, forKey: .deviating) }
        if repeated > 0 { try container.encode(repeated, forKey: .repeated) }
        if let lossAtFirst, lossAtFirst != 0 { try container.encode(lossAtFirst, forKey: .lossAtFirst) }
        if let lossAtLast, lossAtLast != 0 { try container.encode(lossAtLast, forKey: .lossAtLast) }
        if losses != noLosses { try container.encode(losses, forKey: .losses) }
        if !skids.isEmpty { try container.encode(skids, forKey: .skids) }
        if apparentSkids != skids { try container.encode(apparentSkids, forKey: .apparentSkids) }
        try container.encodeIfPresent(stops, forKey: .stops)
        if !kept.isEmpty { try container.encode(Columns(kept), forKey: .kept) }
    }
}
