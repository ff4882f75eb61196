/// How often each value was met: exact, whatever the number of values.
public struct Histogram: Sendable, Hashable {
    /// Value to count. No count is 0.
    public private(set) var counts: [Int64: UInt64] = [:]

    public init() {}

    public init(_ values: some Sequence<Int64>) {
        for value in values { add(value) }
    }

    public mutating func add(_ value: Int64, times: UInt64 = 1) {
        guard times > 0 else { return }
        // A kept report may hold any number.
        let (sum, overflow) = counts[value, default: 0].addingReportingOverflow(times)
        counts[value] = overflow ? .max : sum
    }

    public mutating func merge(_ other: Histogram) {
        for (value, times) in other.counts { add(value, times: times) }
    }

    public var isEmpty: Bool { counts.isEmpty }
    /// How many values there are in all.
    public var total: UInt64 { counts.values.reduce(0) { UInt64(clamping: UInt128($0) + UInt128($1)) } }
    public var min: Int64? { counts.keys.min() }
    public var max: Int64? { counts.keys.max() }

    /// Values and their counts, smallest value first.
    public var ascending: [(value: Int64, times: UInt64)] {
        counts.sorted { $0.key < $1.key }.map { (value: $0.key, times: $0.value) }
    }

    public func filter(_ isWanted: (Int64) -> Bool) -> Histogram {
        var kept = Histogram()
        kept.counts = counts.filter { isWanted($0.key) }
        return kept
    }

    public func map(_ transform: (Int64) -> Int64) -> Histogram {
        var mapped = Histogram()
        for (value, times) in counts { mapped.add(transform(value), times: times) }
        return mapped
    }

    public func contains(where isMeant: (Int64) -> Bool) -> Bool { counts.keys.contains(where: isMeant) }

    /// The smallest value that so many of a thousand do not exceed; nil where there is none.
    public func quantile(perMille: UInt64) -> Int64? {
        let wanted = Swift.max(1, (UInt128(total) * UInt128(perMille) + 999) / 1000)
        var passed: UInt128 = 0
        for (value, times) in ascending {
            passed += UInt128(times)
            if passed >= wanted { return value }
        }
        return nil
    }

    /// The lower of the two middle values where their number is even, so that it is one of the values.
    public var median: Int64? { quantile(perMille: 500) }

    public var mean: Double? {
        isEmpty ? nil : counts.reduce(0.0) { $0 + Double($1.key) * Double($1.value) } / Double(total)
    }
}

/// In JSON an object of value to count, `{"0":3,"10":281}`, smallest value first; where hardly any value was met twice,
/// the list of all of them, `[3,5,5,17]`.
extension Histogram: Codable {
    private struct Value: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ value: Int64) { stringValue = "\(value)" }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public init(from decoder: any Decoder) throws {
        if let values = try? [Int64](from: decoder) {
            self = Histogram(values)
            return
        }
        self.init()
        let container = try decoder.container(keyedBy: Value.self)
        for key in container.allKeys {
            guard let value = Int64(key.stringValue) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container, debugDescription: "\(key.stringValue) is no integer")
            }
            add(value, times: try container.decode(UInt64.self, forKey: key))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        if !isEmpty, total < 2 * UInt64(counts.count) {
            try ascending.flatMap { repeatElement($0.value, count: Int($0.times)) }.encode(to: encoder)
            return
        }
        var container = encoder.container(keyedBy: Value.self)
        for (value, times) in ascending { try container.encode(times, forKey: Value(value)) }
    }
}
