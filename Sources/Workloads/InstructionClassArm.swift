extension InstructionClass {
    /// Instructions whose bits under `mask` are `value` (Arm ARM DDI 0487, C4.1.66: branches, exception generation and
    /// system instructions).
    private struct Encoding {
        var mask: UInt32
        var value: UInt32
        var meaning: InstructionClass
    }

    private static let encodings: [Encoding] = [
        Encoding(mask: 0xff00_0000, value: 0x5400_0000, meaning: .conditional(length: 4)),  // b.cond, bc.cond
        Encoding(mask: 0x7e00_0000, value: 0x3400_0000, meaning: .conditional(length: 4)),  // cbz, cbnz
        Encoding(mask: 0x7e00_0000, value: 0x3600_0000, meaning: .conditional(length: 4)),  // tbz, tbnz
        Encoding(mask: 0xfc00_0000, value: 0x1400_0000, meaning: .jump),  // b
        Encoding(mask: 0xfc00_0000, value: 0x9400_0000, meaning: .call),  // bl
        // Branch to a register. Bit 24 with the low bits of the second operand says which key signs the address.
        Encoding(mask: 0xfeff_0000, value: 0xd61f_0000, meaning: .jump),  // br, braa, brab
        Encoding(mask: 0xfeff_0000, value: 0xd63f_0000, meaning: .call),  // blr, blraa, blrab
        Encoding(mask: 0xfeff_0000, value: 0xd65f_0000, meaning: .return),  // ret, retaa, retab
        Encoding(mask: 0xffe0_001f, value: 0xd400_0001, meaning: .systemCall),  // svc
    ]

    /// Little-endian words, as instructions always are.
    public init(aarch64 bytes: some Collection<UInt8>) {
        guard bytes.count >= 4 else {
            self = .other
            return
        }
        let word = bytes.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        self = Self.encodings.first { word & $0.mask == $0.value }?.meaning ?? .other
    }
}
