import Testing

@testable import Workloads

@Suite("Instructions are told apart by their bytes")
struct InstructionClassTests {
    struct Fixture: CustomTestStringConvertible {
        var mnemonic: String
        var bytes: [UInt8]
        var expected: InstructionClass
        var testDescription: String { mnemonic }
    }

    /// From GNU objdump. Bytes behind the instruction are another's: the classifier gets 15 in any case.
    static let x86: [Fixture] = [
        Fixture(mnemonic: "jo", bytes: [0x70, 0x01], expected: .conditional(length: 2)),
        Fixture(mnemonic: "jg", bytes: [0x7f, 0xfe, 0x90], expected: .conditional(length: 2)),
        Fixture(mnemonic: "jo near", bytes: [0x0f, 0x80, 1, 0, 0, 0], expected: .conditional(length: 6)),
        Fixture(mnemonic: "jg near", bytes: [0x0f, 0x8f, 1, 0, 0, 0, 0x90], expected: .conditional(length: 6)),
        Fixture(mnemonic: "bnd jne", bytes: [0xf2, 0x75, 0x01], expected: .conditional(length: 3)),
        Fixture(mnemonic: "jne,pt", bytes: [0x3e, 0x75, 0x01], expected: .conditional(length: 3)),
        Fixture(mnemonic: "loopne", bytes: [0xe0, 0xfe], expected: .conditional(length: 2)),
        Fixture(mnemonic: "loope", bytes: [0xe1, 0xfe], expected: .conditional(length: 2)),
        Fixture(mnemonic: "loop", bytes: [0xe2, 0xfe], expected: .conditional(length: 2)),
        Fixture(mnemonic: "jrcxz", bytes: [0xe3, 0x01], expected: .conditional(length: 2)),
        Fixture(mnemonic: "jecxz", bytes: [0x67, 0xe3, 0x01], expected: .conditional(length: 3)),
        Fixture(mnemonic: "jmp short", bytes: [0xeb, 0x01], expected: .jump),
        Fixture(mnemonic: "jmp near", bytes: [0xe9, 0, 0, 0, 0], expected: .jump),
        Fixture(mnemonic: "jmp *%rax", bytes: [0xff, 0xe0], expected: .jump),
        Fixture(mnemonic: "jmp *%r8", bytes: [0x41, 0xff, 0xe0], expected: .jump),
        Fixture(mnemonic: "notrack jmp *%rax", bytes: [0x3e, 0xff, 0xe0], expected: .jump),
        Fixture(mnemonic: "jmp *memory", bytes: [0xff, 0x25, 0, 0, 0, 0], expected: .jump),
        Fixture(mnemonic: "call", bytes: [0xe8, 0, 0, 0, 0], expected: .call),
        Fixture(mnemonic: "call *%rax", bytes: [0xff, 0xd0], expected: .call),
        Fixture(mnemonic: "call *%r9", bytes: [0x41, 0xff, 0xd1], expected: .call),
        Fixture(mnemonic: "call *memory", bytes: [0xff, 0x15, 0, 0, 0, 0], expected: .call),
        Fixture(mnemonic: "ret", bytes: [0xc3], expected: .return),
        Fixture(mnemonic: "repz ret", bytes: [0xf3, 0xc3], expected: .return),
        Fixture(mnemonic: "ret $8", bytes: [0xc2, 8, 0], expected: .return),
        Fixture(mnemonic: "syscall", bytes: [0x0f, 0x05], expected: .systemCall),
        Fixture(mnemonic: "dec %r8", bytes: [0x49, 0xff, 0xc8], expected: .other),
        Fixture(mnemonic: "incq (%rax)", bytes: [0x48, 0xff, 0x00], expected: .other),
        Fixture(mnemonic: "push (%rax)", bytes: [0xff, 0x30], expected: .other),
        Fixture(mnemonic: "lock addq $1,(%rdx)", bytes: [0xf0, 0x48, 0x83, 0x02, 0x01], expected: .locked),
        Fixture(mnemonic: "addq $1,(%rdx)", bytes: [0x48, 0x83, 0x02, 0x01], expected: .other),
        Fixture(mnemonic: "lock incl 8(%rdx)", bytes: [0xf0, 0xff, 0x42, 0x08], expected: .locked),
        Fixture(mnemonic: "lock cmpxchg %rcx,(%rdx)", bytes: [0xf0, 0x48, 0x0f, 0xb1, 0x0a], expected: .locked),
        Fixture(mnemonic: "xchg %rax,24(%rdx)", bytes: [0x48, 0x87, 0x42, 0x18], expected: .locked),
        Fixture(mnemonic: "xchg %al,(%rdx)", bytes: [0x86, 0x02], expected: .locked),
        Fixture(mnemonic: "xchg %rcx,%rdx", bytes: [0x48, 0x87, 0xca], expected: .other),
        Fixture(mnemonic: "cmovne", bytes: [0x0f, 0x45, 0xc1], expected: .other),
        Fixture(mnemonic: "setne", bytes: [0x0f, 0x95, 0xc0], expected: .other),
        Fixture(mnemonic: "endbr64", bytes: [0xf3, 0x0f, 0x1e, 0xfa], expected: .other),
        Fixture(mnemonic: "cpuid", bytes: [0x0f, 0xa2], expected: .cpuid),
        Fixture(mnemonic: "mov $0x75,%eax", bytes: [0xb8, 0x75, 0, 0, 0], expected: .other),
        Fixture(mnemonic: "nothing", bytes: [], expected: .other),
        Fixture(mnemonic: "prefixes alone", bytes: [0x66, 0x66, 0x48], expected: .other),
        Fixture(mnemonic: "half of a near branch", bytes: [0x0f], expected: .other),
    ]

    /// From llvm-objdump; bytes in the order of memory.
    static let arm: [Fixture] = [
        Fixture(mnemonic: "b.eq", bytes: [0x40, 0x00, 0x00, 0x54], expected: .conditional(length: 4)),
        Fixture(mnemonic: "bc.ne", bytes: [0x51, 0x00, 0x00, 0x54], expected: .conditional(length: 4)),
        Fixture(mnemonic: "cbz w15", bytes: [0x4f, 0x00, 0x00, 0x34], expected: .conditional(length: 4)),
        Fixture(mnemonic: "cbnz x15", bytes: [0x4f, 0x00, 0x00, 0xb5], expected: .conditional(length: 4)),
        Fixture(mnemonic: "tbz w15, #5", bytes: [0x4f, 0x00, 0x28, 0x36], expected: .conditional(length: 4)),
        Fixture(mnemonic: "tbnz x15, #45", bytes: [0x4f, 0x00, 0x68, 0xb7], expected: .conditional(length: 4)),
        Fixture(mnemonic: "b", bytes: [0x02, 0x00, 0x00, 0x14], expected: .jump),
        Fixture(mnemonic: "bl", bytes: [0x22, 0x00, 0x00, 0x94], expected: .call),
        Fixture(mnemonic: "br x15", bytes: [0xe0, 0x01, 0x1f, 0xd6], expected: .jump),
        Fixture(mnemonic: "braa x0, x1", bytes: [0x01, 0x08, 0x1f, 0xd7], expected: .jump),
        Fixture(mnemonic: "blr x15", bytes: [0xe0, 0x01, 0x3f, 0xd6], expected: .call),
        Fixture(mnemonic: "ret", bytes: [0xc0, 0x03, 0x5f, 0xd6], expected: .return),
        Fixture(mnemonic: "retaa", bytes: [0xff, 0x0b, 0x5f, 0xd6], expected: .return),
        Fixture(mnemonic: "svc #0", bytes: [0x01, 0x00, 0x00, 0xd4], expected: .systemCall),
        Fixture(mnemonic: "stxr w15, x14, [x13]", bytes: [0xae, 0x7d, 0x0f, 0xc8], expected: .locked),
        Fixture(mnemonic: "stlxr w15, x14, [x13]", bytes: [0xae, 0xfd, 0x0f, 0xc8], expected: .locked),
        Fixture(mnemonic: "stxp w15, x16, x14, [x13]", bytes: [0xb0, 0x39, 0x2f, 0xc8], expected: .locked),
        Fixture(mnemonic: "ldxr x14, [x13]", bytes: [0xae, 0x7d, 0x5f, 0xc8], expected: .other),
        Fixture(mnemonic: "ldaxr x14, [x13]", bytes: [0xae, 0xfd, 0x5f, 0xc8], expected: .other),
        Fixture(mnemonic: "ldxp x14, x16, [x13]", bytes: [0xae, 0x41, 0x7f, 0xc8], expected: .other),
        Fixture(mnemonic: "stlr x14, [x13]", bytes: [0xae, 0xfd, 0x9f, 0xc8], expected: .other),
        Fixture(mnemonic: "cas x14, x15, [x13]", bytes: [0xaf, 0x7d, 0xae, 0xc8], expected: .locked),
        Fixture(mnemonic: "casp x14, x15, x16, x17, [x13]", bytes: [0xb0, 0x7d, 0x2e, 0x48], expected: .locked),
        Fixture(mnemonic: "ldaddal w14, w15, [x13]", bytes: [0xaf, 0x01, 0xee, 0xb8], expected: .locked),
        Fixture(mnemonic: "swpalb w14, w15, [x13]", bytes: [0xaf, 0x81, 0xee, 0x38], expected: .locked),
        Fixture(mnemonic: "ldapr x14, [x13]", bytes: [0xae, 0xc1, 0xbf, 0xf8], expected: .other),
        Fixture(mnemonic: "str x14, [x13, x12]", bytes: [0xae, 0x69, 0x2c, 0xf8], expected: .other),
        Fixture(mnemonic: "mrs x0, midr_el1", bytes: [0x00, 0x00, 0x38, 0xd5], expected: .cpuid),
        Fixture(mnemonic: "mrs x0, tpidr_el0", bytes: [0x40, 0xd0, 0x3b, 0xd5], expected: .other),
        Fixture(mnemonic: "hvc #0", bytes: [0x02, 0x00, 0x00, 0xd4], expected: .other),
        Fixture(mnemonic: "brk #0", bytes: [0x00, 0x00, 0x20, 0xd4], expected: .other),
        Fixture(mnemonic: "nop", bytes: [0x1f, 0x20, 0x03, 0xd5], expected: .other),
        Fixture(mnemonic: "bti c", bytes: [0x5f, 0x24, 0x03, 0xd5], expected: .other),
        Fixture(mnemonic: "csel x0, x1, x2, ne", bytes: [0x20, 0x10, 0x82, 0x9a], expected: .other),
        Fixture(mnemonic: "eret", bytes: [0xe0, 0x03, 0x9f, 0xd6], expected: .other),
        Fixture(mnemonic: "three bytes", bytes: [0x40, 0x00, 0x00], expected: .other),
    ]

    @Test("x86-64", arguments: InstructionClassTests.x86)
    func classifiesX86(fixture: Fixture) {
        #expect(InstructionClass(x86_64: fixture.bytes) == fixture.expected)
    }

    @Test("aarch64", arguments: InstructionClassTests.arm)
    func classifiesArm(fixture: Fixture) {
        #expect(InstructionClass(aarch64: fixture.bytes) == fixture.expected)
    }

    @Test("Every condition is conditional in both of its x86-64 forms")
    func conditions() {
        for condition in UInt8(0)...15 {
            #expect(InstructionClass(x86_64: [0x70 | condition, 0]) == .conditional(length: 2))
            #expect(InstructionClass(x86_64: [0x0f, 0x80 | condition, 0, 0, 0, 0]) == .conditional(length: 6))
        }
    }
}
