/// A kind of name in the report's format of which later versions may have more. What this version does not know it
/// keeps as it stands, so that reports of different versions can be compared.
public protocol OpenName: RawRepresentable, Codable, Hashable, Sendable, CaseIterable where RawValue == String {
    init(rawValue: String)
}

extension OpenName {
    /// A letter, then letters, digits and hyphens, all of ASCII and in lower case: what every version writes. A report
    /// may come from anywhere, and names are shown in many formats.
    static func canBe(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7A).contains(first), text.utf8.count <= 64 else { return false }
        return text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    /// - Throws: `DecodingError` for what no version writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard Self.canBe(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no name is written as \(text)")
        }
        self.init(rawValue: text)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
