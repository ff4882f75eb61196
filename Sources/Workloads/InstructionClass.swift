/// What an instruction does to the flow of control, or else that some PMUs miscount at, read from its bytes.
///
/// Conditional branches carry their length: one was taken where the next instruction is not the one behind it.
public enum InstructionClass: Sendable, Hashable {
    case conditional(length: Int)
    case jump, call, `return`, systemCall
    /// x86-64: a memory operand is read and written with the bus or the cache line locked. aarch64: an exclusive store,
    /// or one of LSE's single instructions.
    case locked
    /// x86-64: CPUID. aarch64: `mrs` of an identification register.
    case cpuid
    case other

    /// Bytes of the longest instruction (Intel SDM volume 2, 2.3.11).
    public static let longestInstruction = 15

    /// Of the architecture for which this is built.
    public init(_ bytes: some Collection<UInt8>) {
        #if arch(x86_64)
            self.init(x86_64: bytes)
        #else
            self.init(aarch64: bytes)
        #endif
    }
}

extension InstructionClass {
    /// Legacy prefixes in 64-bit mode: operand and address size, lock and repeat (`bnd` and `notrack` too), segments
    /// and branch hints (Intel SDM volume 2, 2.1.1).
    private static let legacyPrefixes: Set<UInt8> = [0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65]

    private static let lock: UInt8 = 0xf0

    /// The opcode map of Intel SDM volume 2, appendix A; told apart are the branches, and what has a case of its own.
    /// Far calls and returns, interrupts and `sysret` are `other`: user code has no use for them.
    public init(x86_64 bytes: some Collection<UInt8>) {
        var rest = bytes[...]
        while let byte = rest.first, Self.legacyPrefixes.contains(byte) { rest = rest.dropFirst() }
        // REX, one byte, directly before the opcode.
        if let byte = rest.first, byte & 0xf0 == 0x40 { rest = rest.dropFirst() }
        let prefixLength = bytes.count - rest.count
        if bytes.prefix(prefixLength).contains(Self.lock) {
            self = .locked
            return
        }
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
        case (0x0f, .some(0xa2)): self = .cpuid
        // xchg with memory locks without the prefix (SDM volume 2, XCHG): a mode other than 3 is memory.
        case (0x86, .some(0..<0xc0)), (0x87, .some(0..<0xc0)): self = .locked
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

extension InstructionClass {
    /// Instructions whose bits under `mask` are `value` (Arm ARM DDI 0487, C4.1.66: branches, exception generation and
    /// system instructions; C4.1.94: loads and stores).
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
        // A pair of exclusives is counted at its store.
        Encoding(mask: 0x3fe0_0000, value: 0x0800_0000, meaning: .locked),  // stxr, stlxr
        Encoding(mask: 0xbfe0_0000, value: 0x8820_0000, meaning: .locked),  // stxp, stlxp
        Encoding(mask: 0x3fa0_7c00, value: 0x08a0_7c00, meaning: .locked),  // cas
        Encoding(mask: 0xbfa0_7c00, value: 0x0820_7c00, meaning: .locked),  // casp
        Encoding(mask: 0x3fff_fc00, value: 0x38bf_c000, meaning: .other),  // ldapr, encoded among the next
        Encoding(mask: 0x3f20_0c00, value: 0x3820_0000, meaning: .locked),  // ldadd, ldset, …, swp
        // op0 = 3, op1 = 0, CRn = 0: the identification registers (D23.3.1).
        Encoding(mask: 0xffff_f000, value: 0xd538_0000, meaning: .cpuid),  // mrs of midr_el1 and those beside it
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
