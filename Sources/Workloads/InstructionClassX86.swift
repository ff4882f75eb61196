extension InstructionClass {
    /// Legacy prefixes in 64-bit mode: operand and address size, lock and repeat (`bnd` and `notrack` too), segments
    /// and branch hints (Intel SDM volume 2, 2.1.1).
    private static let legacyPrefixes: Set<UInt8> = [0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65]

    /// The opcode map of Intel SDM volume 2, appendix A; only the branches are told apart. Far calls and returns,
    /// interrupts and `sysret` are `other`: user code has no use for them.
    public init(x86_64 bytes: some Collection<UInt8>) {
        var rest = bytes[...]
        while let byte = rest.first, Self.legacyPrefixes.contains(byte) { rest = rest.dropFirst() }
        // REX, one byte, directly before the opcode.
        if let byte = rest.first, byte & 0xf0 == 0x40 { rest = rest.dropFirst() }
        let prefixLength = bytes.count - rest.count
        guard let opcode = rest.first else {
            self = .other
            return
        }
        let second = rest.dropFirst().first
        switch (opcode, second) {
        case (0x70...0x7f, _): self = .conditional(length: prefixLength + 2)  // jcc rel8
        case (0xe0...0xe3, _): self = .conditional(length: prefixLength + 2)  // loopne, loope, loop, jrcxz
        case (0x0f, .some(0x80...0x8f)): self = .conditional(length: prefixLength + 6)  // jcc rel32
        case (0x0f, .some(0x05)): self = .systemCall
        case (0xe8, _): self = .call
        case (0xe9, _), (0xeb, _): self = .jump
        case (0xc2, _), (0xc3, _): self = .return
        case (0xff, .some(let modRM)):
            // The opcode's extension is the middle field: 2 is a near call, 4 a near jump.
            switch (modRM >> 3) & 7 {
            case 2: self = .call
            case 4: self = .jump
            default: self = .other
            }
        default: self = .other
        }
    }
}
