/// CRC-32C, the polynomial of Castagnoli (RFC 3720, appendix B.4, has test vectors): of a few thousand bits it detects
/// any five flipped ones, and any burst of up to 32.
struct Checksum: Sendable {
    private static let table: [UInt32] = (0..<256).map { (byte: UInt32) in
        (0..<8).reduce(byte) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
    }

    private var state: UInt32 = ~0

    var value: UInt32 { ~state }

    mutating func add(_ bytes: some Collection<UInt8>) {
        let table = Self.table
        var state = state
        for byte in bytes { state = state >> 8 ^ table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] }
        self.state = state
    }

    static func of(_ bytes: some Collection<UInt8>) -> UInt32 {
        var sum = Checksum()
        sum.add(bytes)
        return sum.value
    }
}
