/// Where one field of a PMU's event encoding lies: a file of the PMU's `format` directory, as `config:0-7,32-35`
/// (Documentation/ABI/testing/sysfs-bus-event_source-devices-format).
public struct PMUFormat: Sendable, Hashable, CustomStringConvertible {
    /// The field's name: `event`, `umask`, ….
    public let name: String
    /// 0 for `config`, 1 for `config1`, and so on.
    public let word: Int
    /// The bits of that word, ascending, which the field's value fills from its lowest bit on. In perf, too, they are a
    /// set without an order (`pmu_format_value()`, tools/perf/util/pmu.c).
    public let bits: [ClosedRange<Int>]

    /// Parses the file's text; nil for what is no format.
    public init?(name: String, text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        // The kernel writes sets of bits as it writes sets of CPUs.
        guard parts.count == 2, parts[0].hasPrefix("config"),
            let bits = CPUList(parts[1])?.ranges, let last = bits.last, last.upperBound < 64
        else { return nil }
        let suffix = parts[0].dropFirst("config".count)
        guard let word = suffix.isEmpty ? 0 : Int(suffix), word >= 0 else { return nil }
        self.name = name
        self.word = word
        self.bits = bits
    }

    /// Whether the field has this bit of its word.
    public func covers(bit: Int) -> Bool { bits.contains { $0.contains(bit) } }

    /// `value` in its place within the word; nil where it has more bits than the field.
    public func encode(_ value: UInt64) -> UInt64? {
        var rest = value
        var encoded: UInt64 = 0
        for bit in bits.joined() {
            encoded |= (rest & 1) << UInt64(bit)
            rest >>= 1
        }
        return rest == 0 ? encoded : nil
    }

    /// As the kernel writes it.
    public var description: String { "config\(word == 0 ? "" : "\(word)"):\(CPUList.text(bits))" }
}
