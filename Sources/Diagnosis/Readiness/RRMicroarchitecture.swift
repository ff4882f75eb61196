/// A line of rr's own table of micro-architectures (src/PerfCounters.cc, src/PerfCounters_x86.h and _aarch64.h, read in
/// August 2026; kernel-and-rr.md 2.2).
///
/// It is kept apart from `RCBTable`, which knows more CPUs: the question is what rr says, not what could be counted. A
/// test compares the two wherever they overlap.
public struct RRMicroarchitecture: Codable, Sendable, Hashable {
    public var name: String
    /// As rr writes it, with the enable, interrupt and user bits; absent where rr supports the CPU no more.
    public var rawEvent: UInt64?
    /// Counts that rr allows between an overflow and its interrupt.
    public var skidLimit: UInt64
    /// Whether rr itself takes the skid to be unbounded.
    public var isSkidUnbounded: Bool
    /// What rr counts: conditional branches, or taken ones.
    public var countsTakenBranches: Bool
    /// Whether rr demands freeze_on_smi: its order of micro-architectures from Comet Lake on.
    public var needsFreezeOnSMI: Bool
}

extension RRMicroarchitecture {
    /// CPUID leaf 1, EAX, and the bits by which rr tells CPUs apart: extended model, family and model.
    static let identityMask: UInt32 = 0xF_0FF0

    /// What rr would take a CPU for; nil for one that it does not know, and then rr ends with an error.
    ///
    /// - Parameter coreType: "atom" and "lowpower" cores of hybrid CPUs have a line of their own.
    static func of(family: Int, model: Int, vendor: String, coreType: String?) -> RRMicroarchitecture? {
        let extendedFamily = max(0, family - 0xF)
        let identity =
            UInt32(model >> 4 & 0xF) << 16 | UInt32(min(family, 0xF)) << 8 | UInt32(model & 0xF) << 4
        let rows: [X86Row] = vendor == "AuthenticAMD" ? amd : vendor == "GenuineIntel" ? intel : []
        let row = rows.first { row in
            row.identities.contains(identity) && (row.extendedFamily.map { $0 == extendedFamily } ?? true)
        }
        guard let row else { return nil }
        if row.isHybrid, coreType == "atom" || coreType == "lowpower" { return efficiencyCore }
        return row.value
    }

    static func of(implementer: Int, part: Int) -> RRMicroarchitecture? {
        arm.first { $0.implementer == implementer && $0.parts.contains(part) }?.value
    }

    struct X86Row {
        var value: RRMicroarchitecture
        var identities: [UInt32]
        var extendedFamily: Int?
        var isHybrid = false
    }

    struct ArmRow {
        var value: RRMicroarchitecture
        var implementer: Int
        var parts: [Int]
    }

    static let efficiencyCore = RRMicroarchitecture(
        name: "Intel Tremont, Gracemont, Crestmont, Skymont", rawEvent: 0x51_7ec4, skidLimit: 100,
        isSkidUnbounded: false, countsTakenBranches: false, needsFreezeOnSMI: true)

    private static func intel(
        _ name: String, _ rawEvent: UInt64?, skid: UInt64 = 100, freezes: Bool = false, hybrid: Bool = false,
        _ identities: UInt32...
    ) -> X86Row {
        X86Row(
            value: RRMicroarchitecture(
                name: "Intel \(name)", rawEvent: rawEvent, skidLimit: skid, isSkidUnbounded: false,
                countsTakenBranches: false, needsFreezeOnSMI: freezes),
            identities: identities, isHybrid: hybrid)
    }

    private static let umask01: UInt64 = 0x51_01c4
    private static let umask11: UInt64 = 0x51_11c4
    private static let secondUmask: UInt64 = 0x100_0051_11c4
    private static let jcc: UInt64 = 0x51_7ec4

    static let intel: [X86Row] = [
        intel("Merom", nil, 0x006F0, 0x10660), intel("Penryn", nil, 0x10670, 0x106D0),
        intel("Nehalem", umask01, 0x106A0, 0x106E0, 0x206E0),
        intel("Westmere", umask01, 0x20650, 0x206C0, 0x206F0),
        intel("Sandy Bridge", umask01, 0x206A0, 0x206D0, 0x306E0), intel("Ivy Bridge", umask01, 0x306A0),
        intel("Haswell", umask01, 0x306C0, 0x306F0, 0x40650, 0x40660),
        intel("Broadwell", umask01, 0x306D0, 0x40670, 0x406F0, 0x50660),
        intel("Skylake", umask01, 0x406E0, 0x50650, 0x506E0),
        intel("Silvermont", jcc, 0x30670, 0x406C0, 0x50670),
        intel("Goldmont", jcc, 0x506F0, 0x706A0, 0x506C0),
        intel("Kaby Lake and Coffee Lake", umask01, 0x806E0, 0x906E0),
        intel("Comet Lake", umask01, freezes: true, 0xA0650, 0xA0660),
        intel("Ice Lake", umask11, freezes: true, 0x706E0, 0x606A0, 0x80660),
        intel("Tiger Lake", umask11, freezes: true, 0x806C0, 0x806D0),
        intel("Rocket Lake", umask11, freezes: true, 0xA0670),
        intel("Alder Lake", umask11, skid: 125, freezes: true, hybrid: true, 0x90670, 0x906A0),
        intel("Raptor Lake", umask11, skid: 125, freezes: true, hybrid: true, 0xB0670, 0xB06A0, 0xB06F0),
        intel("Sapphire Rapids", umask11, skid: 125, freezes: true, 0x806F0),
        intel("Emerald Rapids", umask11, skid: 125, freezes: true, 0xC06F0),
        intel("Granite Rapids", umask11, skid: 125, freezes: true, 0xA06D0),
        intel("Meteor Lake", umask11, skid: 125, freezes: true, hybrid: true, 0xA06A0),
        intel("Lunar Lake", secondUmask, skid: 125, freezes: true, hybrid: true, 0xB06D0),
        intel("Arrow Lake", secondUmask, skid: 125, freezes: true, hybrid: true, 0xB0650, 0xC0650, 0xC0660),
        X86Row(value: efficiencyCore, identities: [0x906C0, 0xB06E0]),
    ]

    private static func zen(_ name: String, _ identities: [UInt32], extendedFamily: Int) -> X86Row {
        X86Row(
            value: RRMicroarchitecture(
                name: "AMD \(name)", rawEvent: 0x51_00d1, skidLimit: 10_000, isSkidUnbounded: true,
                countsTakenBranches: false, needsFreezeOnSMI: false),
            identities: identities, extendedFamily: extendedFamily)
    }

    static let amd: [X86Row] = [
        X86Row(
            value: RRMicroarchitecture(
                name: "AMD family 15h", rawEvent: 0xc4, skidLimit: 250, isSkidUnbounded: false,
                countsTakenBranches: true, needsFreezeOnSMI: false),
            identities: [0x00F20, 0x30F00], extendedFamily: 6),
        zen("Zen", [0x00F10, 0x00F80, 0x10F10, 0x10F80, 0x20F00], extendedFamily: 8),
        zen("Zen 2", [0x30F10, 0x60F00, 0x70F10, 0x60F80, 0x90F00], extendedFamily: 8),
        zen("Zen 3", [0x20F10, 0x50F00, 0x40F40, 0x00F10, 0x00F80], extendedFamily: 0xA),
        zen("Zen 4", [0x60F10, 0x70F40, 0x70F50], extendedFamily: 0xA),
        zen("Zen 5", [0x20F40, 0x70F00, 0x60F00], extendedFamily: 0xB),
    ]
}
