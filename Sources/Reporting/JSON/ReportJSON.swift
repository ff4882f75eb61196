import FoundationEssentials

/// The one way in which truecount writes JSON: members in the order in which they are encoded, times as RFC 3339, a
/// newline at the end. What fits on a line stands on it, and so do objects and arrays of numbers, however long;
/// everything else is indented by two spaces.
public enum ReportJSON {
    /// - Throws: `EncodingError` for a value that JSON cannot hold, such as a number that is not finite.
    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        Array((try JSONValue(encoding: value).laidOut() + "\n").utf8)
    }

    /// The same without line breaks and spaces.
    ///
    /// - Throws: `EncodingError`.
    static func compact(_ value: some Encodable) throws -> String { try JSONValue(encoding: value).compact }

    /// - Throws: `DecodingError` where a name is missing or has another type.
    public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(type, from: Data(bytes))
    }
}

/// Any JSON, with its members in order and integers of 64 bits kept to the last digit.
enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case signed(Int64)
    case unsigned(UInt64)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    struct Member: Sendable, Hashable {
        var name: String
        var value: JSONValue
    }

    /// The same with every string replaced, names of members excepted.
    func mapStrings(_ transform: (String) -> String) -> JSONValue {
        switch self {
        case .null, .bool, .signed, .unsigned, .double: self
        case .string(let text): .string(transform(text))
        case .array(let values): .array(values.map { $0.mapStrings(transform) })
        case .object(let members):
            .object(members.map { Member(name: $0.name, value: $0.value.mapStrings(transform)) })
        }
    }

    /// The members by name; of two of a name the last, as most readers have it. Nil for what is no object.
    var members: [String: JSONValue]? {
        guard case .object(let members) = self else { return nil }
        return Dictionary(members.map { ($0.name, $0.value) }) { $1 }
    }
}

extension JSONValue: Decodable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Decoders have no order of members.
    init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: Name.self) {
            self = .object(
                try object.allKeys.map {
                    Member(name: $0.stringValue, value: try object.decode(JSONValue.self, forKey: $0))
                })
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .signed(value)
        } else if let value = try? container.decode(UInt64.self) {
            self = .unsigned(value)
        } else if let value = try? container.decode(Double.self) {
            self = .double(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else {
            self = .array(try container.decode([JSONValue].self))
        }
    }

}

// MARK: As text

extension JSONValue {
    /// Columns within which a value stays on its line.
    private static let width = 160

    var compact: String {
        var text = ""
        write(to: &text, comma: ",", colon: ":")
        return text
    }

    func laidOut() -> String {
        var text = ""
        layOut(to: &text, indent: 0)
        return text
    }

    /// Lays out what does not fit on a line: its members a line each. Within the outermost object, where a run has some
    /// twenty of them, plain values and groups of numbers share lines.
    private func layOut(to text: inout String, indent: Int) {
        let items: [(prefix: String, value: JSONValue)]
        let ends: (String, String)
        switch self {
        case .array(let values): (items, ends) = (values.map { ("", $0) }, ("[", "]"))
        case .object(let members):
            (items, ends) = (members.map { (Self.quoted($0.name) + ": ", $0.value) }, ("{", "}"))
        default: return write(to: &text, comma: ",", colon: ":")
        }
        let margin = "\n" + String(repeating: " ", count: indent + 2)
        var room = 0
        text += ends.0
        for (index, item) in items.enumerated() {
            if index > 0 { text += "," }
            let line = item.value.line(within: Self.width - indent - 2 - item.prefix.utf8.count)
            let length = item.prefix.utf8.count + (line?.utf8.count ?? 0)
            let flows = item.value.isPlain || (line != nil && item.value.isOfNumbers)
            if flows, indent > 0, length + 2 <= room {
                text += " "
                room -= length + 2
            } else {
                text += margin
                room = flows ? Self.width - indent - 2 - length : 0
            }
            text += item.prefix
            if let line { text += line } else { item.value.layOut(to: &text, indent: indent + 2) }
        }
        text += margin.dropLast(2) + ends.1
    }

    /// The value on one line, if it fits there, is a plain one, or has numbers alone.
    private func line(within room: Int) -> String? {
        var text = ""
        switch self {
        case .array where isOfNumbers: write(to: &text, comma: ",", colon: ":")
        case .object where isOfNumbers: write(to: &text, comma: ", ", colon: ": ")
        case .array, .object:
            // Each byte of a value becomes one of the line at least.
            guard room > 0, leastLength(upTo: room) <= room else { return nil }
            write(to: &text, comma: ", ", colon: ": ")
            if text.utf8.count > room { return nil }
        default: write(to: &text, comma: ",", colon: ":")
        }
        return text
    }

    /// A lower bound of the length as text, so that large values are not written in vain at each depth.
    private func leastLength(upTo limit: Int) -> Int {
        var length = 2
        switch self {
        case .array(let values):
            for value in values where length <= limit { length += 1 + value.leastLength(upTo: limit - length) }
        case .object(let members):
            for member in members where length <= limit {
                length += 5 + member.name.utf8.count + member.value.leastLength(upTo: limit - length)
            }
        case .string(let text): return 2 + text.utf8.count
        default: return 1
        }
        return length
    }

    private var isOfNumbers: Bool {
        switch self {
        case .array(let values): values.allSatisfy(\.isNumber)
        case .object(let members): members.allSatisfy(\.value.isNumber)
        default: false
        }
    }

    private var isNumber: Bool {
        switch self {
        case .signed, .unsigned, .double, .null: true
        default: false
        }
    }

    private var isPlain: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }

    private func write(to text: inout String, comma: String, colon: String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .signed(let value): text += String(value)
        case .unsigned(let value): text += String(value)
        case .double(let value):
            // The shortest digits that give the same number; JSON needs no ".0".
            let digits = String(value)
            text += digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits
        case .string(let value): text += Self.quoted(value)
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += comma }
                value.write(to: &text, comma: comma, colon: colon)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += comma }
                text += Self.quoted(member.name) + colon
                member.value.write(to: &text, comma: comma, colon: colon)
            }
            text += "}"
        }
    }

    /// RFC 8259, section 7.
    private static func quoted(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
