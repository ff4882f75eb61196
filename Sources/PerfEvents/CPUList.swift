/// CPU numbers as the kernel writes them: `0-3,8`.
public struct CPUList: Sendable, Hashable, CustomStringConvertible {
    /// Ascending and apart from each other.
    public let ranges: [ClosedRange<Int>]

    /// Parses a list; nil for what is none. An empty text is the empty list, as the kernel prints it.
    ///
    /// rr reads only "a" and "a-b", and so loses a core type whose CPUs are not one range; this reads all of it.
    /// Ranges are kept as ranges: a list of a billion CPUs costs no more than one of two.
    public init?(_ text: some StringProtocol) {
        var list = Substring(text)
        if list.last == "\n" { list.removeLast() }
        let parts = list.split(separator: ",", omittingEmptySubsequences: false)
        if parts.count == 1, parts[0].isEmpty {
            ranges = []
            return
        }
        var parsed: [ClosedRange<Int>] = []
        for part in parts {
            guard let range = Self.range(part) else { return nil }
            parsed.append(range)
        }
        ranges = Self.merged(parsed)
    }

    public init(_ cpus: some Sequence<Int>) {
        ranges = Self.merged(cpus.map { $0...$0 })
    }

    public func contains(_ cpu: Int) -> Bool { ranges.contains { $0.contains(cpu) } }

    /// How many CPUs the list names.
    public var count: Int { ranges.reduce(0) { $0 + $1.count } }

    public var isEmpty: Bool { ranges.isEmpty }

    /// The lowest number, or nil of an empty list.
    public var first: Int? { ranges.first?.lowerBound }

    /// The numbers, ascending.
    public var cpus: some Sequence<Int> { ranges.lazy.joined() }

    /// As the kernel writes it.
    public var description: String { Self.text(ranges) }

    static func text(_ ranges: [ClosedRange<Int>]) -> String {
        ranges.map { range in
            range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
        }.joined(separator: ",")
    }

    /// No kernel has more CPUs (`NR_CPUS` is at most 8192 on x86_64); it keeps sums from overflowing.
    private static let highestNumber = Int(Int32.max)

    private static func range(_ text: some StringProtocol) -> ClosedRange<Int>? {
        let bounds = text.split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 1 || bounds.count == 2,
            bounds.allSatisfy({ bound in !bound.isEmpty && bound.allSatisfy { ("0"..."9").contains($0) } }),
            let first = Int(bounds[0]), let last = Int(bounds[bounds.count - 1]),
            first <= last, last <= highestNumber
        else { return nil }
        return first...last
    }

    private static func merged(_ ranges: [ClosedRange<Int>]) -> [ClosedRange<Int>] {
        var result: [ClosedRange<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, range.lowerBound <= last.upperBound + 1 {
                result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }
}
