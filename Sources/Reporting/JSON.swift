import FoundationEssentials

/// The one way in which truecount writes JSON: keys sorted, two spaces, times as RFC 3339, a newline at the end.
public enum ReportJSON {
    /// - Throws: `EncodingError` for a value that JSON cannot hold, such as a number that is not finite.
    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return [UInt8](try encoder.encode(value)) + [UInt8(ascii: "\n")]
    }

    /// - Throws: `DecodingError` where a name is missing or has another type.
    public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(type, from: Data(bytes))
    }
}
