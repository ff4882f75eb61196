import FoundationEssentials

extension JSONValue {
    /// A value as it encodes itself, member by member in that order, which Foundation's encoder does not keep.
    ///
    /// - Throws: `EncodingError`.
    init(encoding value: some Encodable) throws { self = try OrderedEncoder.value(of: value, at: []) }
}

/// Dictionaries have no order of their own, and the same report is to give the same bytes.
private protocol StringKeyed {
    func sortedObject(at path: [any CodingKey]) throws -> JSONValue
}

extension Dictionary: StringKeyed where Key == String, Value: Encodable {
    fileprivate func sortedObject(at path: [any CodingKey]) throws -> JSONValue {
        .object(
            try sorted { $0.key < $1.key }.map {
                JSONValue.Member(name: $0.key, value: try OrderedEncoder.value(of: $0.value, at: path))
            })
    }
}

/// What a value has encoded so far. A class, since containers write into it after they have been handed out.
private final class EncodedNode {
    enum Content {
        case nothing
        case value(JSONValue)
        case array([EncodedNode])
        case object([(name: String, node: EncodedNode)])
    }

    var content = Content.nothing

    init() {}
    init(_ value: JSONValue) { content = .value(value) }

    var value: JSONValue {
        switch content {
        // As for Foundation's: what encodes nothing is an object without members.
        case .nothing: .object([])
        case .value(let value): value
        case .array(let nodes): .array(nodes.map(\.value))
        case .object(let members): .object(members.map { JSONValue.Member(name: $0.name, value: $0.node.value) })
        }
    }

    func append(_ node: EncodedNode) {
        guard case .array(var nodes) = content else { return }
        // Without a second owner the array grows in place.
        content = .nothing
        nodes.append(node)
        content = .array(nodes)
    }

    func append(_ name: String, _ node: EncodedNode) {
        guard case .object(var members) = content else { return }
        content = .nothing
        members.append((name, node))
        content = .object(members)
    }
}

private struct OrderedEncoder: Encoder {
    let node: EncodedNode
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    static func value(of value: some Encodable, at path: [any CodingKey]) throws -> JSONValue {
        // The commonest first: each cast takes its time.
        if let number = value as? UInt64 { return .unsigned(number) }
        if let text = value as? String { return .string(text) }
        if let number = value as? Int64 { return .signed(number) }
        if let date = value as? Date { return .string(date.formatted(.iso8601)) }
        if let flag = value as? Bool { return .bool(flag) }
        if let number = value as? any BinaryInteger { return try integer(number, at: path) }
        if let number = value as? any BinaryFloatingPoint { return try float(Double(number), at: path) }
        if let dictionary = value as? any StringKeyed { return try dictionary.sortedObject(at: path) }
        let node = EncodedNode()
        try value.encode(to: OrderedEncoder(node: node, codingPath: path))
        return node.value
    }

    private static func integer(_ number: any BinaryInteger, at path: [any CodingKey]) throws -> JSONValue {
        if let number = Int64(exactly: number) { return .signed(number) }
        if let number = UInt64(exactly: number) { return .unsigned(number) }
        throw invalid(number, at: path)
    }

    private static func float(_ number: Double, at path: [any CodingKey]) throws -> JSONValue {
        guard number.isFinite else { throw invalid(number, at: path) }
        return .double(number)
    }

    private static func invalid(_ value: Any, at path: [any CodingKey]) -> EncodingError {
        .invalidValue(value, .init(codingPath: path, debugDescription: "JSON has no place for \(value)"))
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(Members<Key>(node, codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer { Elements(node, codingPath) }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(node: node, codingPath: codingPath) }
}

/// One generic method is the witness of the protocol's many.
private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: EncodedNode
    let codingPath: [any CodingKey]

    init(_ node: EncodedNode, _ path: [any CodingKey]) {
        (self.node, codingPath) = (node, path)
        if case .nothing = node.content { node.content = .object([]) }
    }

    func encodeNil(forKey key: Key) { node.append(key.stringValue, EncodedNode(.null)) }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        node.append(key.stringValue, EncodedNode(try OrderedEncoder.value(of: value, at: codingPath + [key])))
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        KeyedEncodingContainer(Members<Nested>(member(key.stringValue), codingPath + [key]))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        Elements(member(key.stringValue), codingPath + [key])
    }

    func superEncoder() -> any Encoder { OrderedEncoder(node: member("super"), codingPath: codingPath) }

    func superEncoder(forKey key: Key) -> any Encoder {
        OrderedEncoder(node: member(key.stringValue), codingPath: codingPath + [key])
    }

    private func member(_ name: String) -> EncodedNode {
        let inner = EncodedNode()
        node.append(name, inner)
        return inner
    }
}

private struct Elements: UnkeyedEncodingContainer {
    let node: EncodedNode
    let codingPath: [any CodingKey]
    private(set) var count = 0

    init(_ node: EncodedNode, _ path: [any CodingKey]) {
        (self.node, codingPath) = (node, path)
        if case .nothing = node.content { node.content = .array([]) }
    }

    mutating func encodeNil() { append(EncodedNode(.null)) }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        append(EncodedNode(try OrderedEncoder.value(of: value, at: codingPath)))
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        KeyedEncodingContainer(Members<Nested>(element(), codingPath))
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { Elements(element(), codingPath) }

    mutating func superEncoder() -> any Encoder { OrderedEncoder(node: element(), codingPath: codingPath) }

    private mutating func append(_ inner: EncodedNode) {
        node.append(inner)
        count += 1
    }

    private mutating func element() -> EncodedNode {
        let inner = EncodedNode()
        append(inner)
        return inner
    }
}

private struct Single: SingleValueEncodingContainer {
    let node: EncodedNode
    let codingPath: [any CodingKey]

    func encodeNil() { node.content = .value(.null) }

    func encode<Value: Encodable>(_ value: Value) throws {
        node.content = .value(try OrderedEncoder.value(of: value, at: codingPath))
    }
}
