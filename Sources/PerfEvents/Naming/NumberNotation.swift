extension String {
    /// The number that `text` writes, decimal or with a leading `0x`.
    package static func parseNumber(_ text: some StringProtocol) -> UInt64? {
        text.lowercased().hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
    }
}

extension FixedWidthInteger {
    /// Hexadecimal digits without a prefix.
    package var hex: String { String(self, radix: 16) }
}
