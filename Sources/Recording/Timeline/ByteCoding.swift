/// Writing numbers into bytes.
extension [UInt8] {
    mutating func appendLittleEndian<Number: FixedWidthInteger>(_ number: Number) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    /// LEB128: seven bits a byte, the lowest first, the highest bit set in all but the last.
    mutating func appendVarint(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}

/// Reading them back. Each answers nil where the bytes end too early or say what nobody writes.
struct ByteReader {
    private let bytes: [UInt8]
    private(set) var position: Int

    init(_ bytes: [UInt8], from position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func littleEndian<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
        guard bytes.count - position >= Number.bitWidth / 8 else { return nil }
        var number: Number = 0
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            number |= Number(truncatingIfNeeded: bytes[position]) << shift
            position += 1
        }
        return number
    }

    mutating func varint() -> UInt64? {
        var number: UInt64 = 0
        var shift = 0
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            // The tenth byte has room for one bit.
            if shift == 63, byte > 1 { return nil }
            number |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return number }
            shift += 7
            if shift > 63 { return nil }
        }
        return nil
    }

    /// A number of bytes, and they themselves.
    mutating func countedBytes() -> [UInt8]? {
        guard let count = varint(), count <= UInt64(bytes.count - position) else { return nil }
        let end = position + Int(count)
        defer { position = end }
        return Array(bytes[position..<end])
    }
}

/// Signed numbers as unsigned ones, small ones as small ones: 0, -1, 1, -2 become 0, 1, 2, 3.
enum ZigZag {
    static func encode(_ number: Int64) -> UInt64 { UInt64(bitPattern: number << 1 ^ number >> 63) }
    static func decode(_ number: UInt64) -> Int64 { Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1) }
}
