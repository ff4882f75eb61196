/// Where one field of a PMU's event encoding lies: a file of the PMU's `format` directory, as `config:0-7,32-35`.
public struct PMUFormat: Sendable, Hashable {
    /// The field's name: `event`, `umask`, ….
    public let name: String
    /// 0 for `config`, 1 for `config1`, and so on.
    public let word: Int
    /// The bits of that word, which the field's value fills from its lowest bit on.
    public let bits: CPUList

    /// Parses the file's text; nil for what is no format.
    public init?(name: String, text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].hasPrefix("config"),
            let bits = CPUList(parts[1]), !bits.isEmpty, bits.ranges.allSatisfy({ $0.upperBound < 64 })
        else { return nil }
        let suffix = parts[0].dropFirst("config".count)
        guard let word = suffix.isEmpty ? 0 : Int(suffix), word >= 0 else { return nil }
        self.name = name
        self.word = word
        self.bits = bits
    }

    /// `value` in its place within the word; nil where it has more bits than the field.
    public func encode(_ value: UInt64) -> UInt64? {
        var rest = value
        var encoded: UInt64 = 0
        for bit in bits.cpus {
            encoded |= (rest & 1) << UInt64(bit)
            rest >>= 1
        }
        return rest == 0 ? encoded : nil
    }
}
