import PerfEvents
import Testing

/// rr's own table, written down independently of `RCBTable`: src/PerfCounters.cc and src/PerfCounters_x86.h, August
/// 2026. They must agree on which CPUs rr knows, with which event and which limit.
@Suite("rr's table")
struct RRTableTests {
    /// CPUID leaf 1, EAX & F0FF0, as rr compares it.
    private static let intel: [(config: UInt64, skid: UInt64, isHybrid: Bool, identities: [UInt32])] = [
        (
            0x01c4, 100, false,
            [
                0x106A0, 0x106E0, 0x206E0, 0x20650, 0x206C0, 0x206F0, 0x206A0, 0x206D0, 0x306E0, 0x306A0, 0x306C0,
                0x306F0, 0x40650, 0x40660, 0x306D0, 0x40670, 0x406F0, 0x50660, 0x406E0, 0x50650, 0x506E0, 0x806E0,
                0x906E0, 0xA0650, 0xA0660,
            ]
        ),
        (0x7ec4, 100, false, [0x30670, 0x406C0, 0x50670, 0x506F0, 0x706A0, 0x506C0, 0x906C0, 0xB06E0]),
        (0x11c4, 100, false, [0x706E0, 0x606A0, 0x80660, 0x806C0, 0x806D0, 0xA0670]),
        (0x11c4, 125, false, [0x806F0, 0xC06F0, 0xA06D0]),
        (0x11c4, 125, true, [0x90670, 0x906A0, 0xB0670, 0xB06A0, 0xB06F0, 0xA06A0]),
        (0x100_0000_11c4, 125, true, [0xB06D0, 0xB0650, 0xC0650, 0xC0660]),
    ]
    private static let unsupportedIntel: [UInt32] = [0x006F0, 0x10660, 0x10670, 0x106D0]

    /// rr gives B0650 the event of Arrow Lake, and RCBTable says why it differs there. rr lists 80660 with Ice Lake;
    /// model 0x86 is a Tremont in the kernel's intel-family.h, and in RCBTable.
    private static let disputed: Set<UInt32> = [0xB0650, 0x80660]

    /// All Zens have one event and one limit. rr's switch drops the extended family, and asks for it in some cases only.
    private static let zensOfAnyFamily: [UInt32] = [
        0x20F10, 0x50F00, 0x40F40, 0x60F10, 0x70F40, 0x70F50, 0x20F40,
    ]
    private static let zensByFamily: [Int: [UInt32]] = [
        0x17: [0x00F10, 0x00F80, 0x10F10, 0x10F80, 0x20F00, 0x30F10, 0x60F00, 0x70F10, 0x60F80, 0x90F00],
        0x19: [0x00F10, 0x00F80, 0x10F10, 0x10F80, 0x20F00],
        0x1a: [0x70F00, 0x60F00],
    ]
    private static let family15hOfAnyFamily: [UInt32] = [0x00F20, 0x30F00]

    private static let arm: [(implementer: Int, parts: [Int], config: UInt64, skid: UInt64)] = [
        (0x41, [0xd0c, 0xd49, 0xd8e, 0xd40, 0xd4f, 0xd83, 0xd84, 0xd81], 0x21, 1_000),
        (0x41, [0xd0b, 0xd0d, 0xd41, 0xd4b, 0xd44, 0xd4c], 0x21, 10_000),
        (0x51, [0x804, 0x001], 0x21, 10_000), (0xc0, [0xac3], 0x21, 1_000),
        (0x61, [0x22, 0x24, 0x28, 0x23, 0x25, 0x29, 0x32, 0x34, 0x38, 0x33, 0x35, 0x39], 0x90, 1_000),
    ]
    private static let unsupportedArm = [
        (0x41, 0xd4a), (0x41, 0xd05), (0x41, 0xd0a), (0x41, 0xd80), (0x51, 0x802), (0x51, 0x803), (0x51, 0x805),
    ]

    private func model(_ identity: UInt32) -> Int { Int(identity >> 12 & 0xF0 | identity >> 4 & 0xF) }
    private func intel(_ identity: UInt32) -> CPUIdentity {
        .x86(vendor: "GenuineIntel", family: 6, model: model(identity), stepping: 0)
    }

    @Test("Every Intel CPU of rr's has the same event and limit in truecount's table, and is known as rr's")
    func intelCPUs() throws {
        for line in Self.intel {
            for bits in line.identities {
                let row = try #require(RCBTable.row(for: intel(bits), coreType: line.isHybrid ? .core : nil))
                #expect(row.isSupportedByRR(intel(bits)), "\(String(bits, radix: 16))")
                if Self.disputed.contains(bits) { continue }
                #expect(row.config == line.config && row.skidLimit == line.skid, "\(row.microarchitecture)")
                guard line.isHybrid else { continue }
                let atom = try #require(RCBTable.row(for: intel(bits), coreType: .atom))
                #expect(atom.config == 0x7ec4 && atom.skidLimit == 100 && atom.isSupportedByRR(intel(bits)))
            }
        }
        for bits in Self.unsupportedIntel {
            #expect(RCBTable.row(for: intel(bits))?.isSupportedByRR(intel(bits)) == false)
        }
    }

    @Test(
        "For every model of each Zen's family, whether rr knows it, and takes it for family 15h",
        arguments: [0x17, 0x19, 0x1a])
    func amdCPUs(family: Int) throws {
        let known = Set((Self.zensOfAnyFamily + (Self.zensByFamily[family] ?? [])).map(model))
        let mistaken = Set(Self.family15hOfAnyFamily.map(model))
        for model in 0...0xff {
            let identity = CPUIdentity.x86(vendor: "AuthenticAMD", family: family, model: model, stepping: 0)
            let row = RCBTable.row(for: identity)
            #expect((row?.isSupportedByRR(identity) ?? false) == known.contains(model), "\(identity)")
            #expect(identity.isFamily15hToRR == mistaken.contains(model), "\(identity)")
            if known.contains(model) { #expect(row?.config == 0xd1 && row?.skidLimit == 10_000, "\(identity)") }
        }
    }

    @Test("rr, which does not look at the vendor there, takes Nova Lake's first model for AMD's family 15h")
    func novaLake() {
        for (model, isMistaken) in [(1, true), (3, false)] {
            let identity = CPUIdentity.x86(vendor: "GenuineIntel", family: 18, model: model, stepping: 0)
            #expect(identity.isFamily15hToRR == isMistaken)
        }
    }

    @Test("Every Arm core of rr's has the same event and limit, and no other is said to be supported")
    func armCPUs() throws {
        for line in Self.arm {
            for part in line.parts {
                let identity = CPUIdentity.arm(implementer: line.implementer, part: part)
                let row = try #require(RCBTable.row(for: identity))
                #expect(row.config == line.config && row.skidLimit == line.skid && row.isSupportedByRR(identity))
            }
        }
        for (implementer, part) in Self.unsupportedArm {
            #expect(RCBTable.row(for: .arm(implementer: implementer, part: part))?.counts == .unsupported)
        }
        let known = Self.arm.flatMap { line in
            line.parts.map { CPUIdentity.arm(implementer: line.implementer, part: $0) }
        }
        for implementer in [0x41, 0x4e, 0x51, 0x61, 0x6d, 0xc0] {
            for part in 0...0xfff {
                let identity = CPUIdentity.arm(implementer: implementer, part: part)
                let isSupported = RCBTable.row(for: identity)?.isSupportedByRR(identity) ?? false
                #expect(isSupported == known.contains(identity), "\(identity)")
            }
        }
    }

    @Test("No other Intel CPU is said to be supported by rr")
    func others() {
        let known = Set(Self.intel.flatMap(\.identities).map(model))
        for model in 0...0xff where !known.contains(model) {
            let identity = CPUIdentity.x86(vendor: "GenuineIntel", family: 6, model: model, stepping: 0)
            #expect(!RCBTable.rows(for: identity).contains { $0.isSupportedByRR(identity) }, "\(identity)")
        }
    }
}
