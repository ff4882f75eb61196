/// What an event counts, of what a program does.
public enum CountedBranches: String, Sendable, Hashable, Codable, CaseIterable {
    /// Retired conditional branches, taken or not.
    case conditional
    /// Retired taken branches, of any kind.
    case takenBranches
    /// Retired branches of any kind, taken or not.
    case allBranches
    /// Executions of one branch: what a breakpoint on it counts.
    case oneBranch
    /// Nothing that a closed form could be compared with.
    case unsupported

    public var words: String {
        switch self {
        case .conditional: "conditional branches"
        case .takenBranches: "taken branches"
        case .allBranches: "all branches, taken or not"
        case .oneBranch: "one branch"
        case .unsupported: "what has no closed form"
        }
    }
}

/// Type of core in a hybrid CPU, by the suffix of its PMU in sysfs (`cpu_core`, `cpu_atom`, `cpu_lowpower`).
public enum HybridCoreType: String, Sendable, Hashable, Codable, CaseIterable {
    case core
    case atom
    case lowpower

    public var pmuName: String { "cpu_\(rawValue)" }
}

/// One line of the table: a micro-architecture and its event.
public struct RCBTableRow: Sendable, Hashable {
    /// CPUs that are meant.
    public enum Identities: Sendable, Hashable {
        /// Display models of one family.
        case x86(vendor: String, family: Int, models: [ClosedRange<Int>])
        /// Part numbers of one implementer in `MIDR_EL1`.
        case arm(implementer: Int, parts: [Int])
    }

    /// Name of the micro-architecture.
    public var microarchitecture: String
    public var identities: Identities
    /// Core types of a hybrid CPU that the row is about; empty where all cores are alike.
    public var coreTypes: [HybridCoreType]
    /// `config` for the kernel: event in bits 0-7, unit mask in 8-15, further unit mask bits in 40-47. The
    /// enable, privilege and interrupt bits that rr adds (0x51....) are the kernel's affair and absent here.
    public var config: UInt64
    /// The event's name in the vendor's own documents.
    public var eventName: String
    /// What libpfm4 calls the event on this CPU, in the order to try; the names differ from CPU to CPU.
    public var libpfmNames: [String]
    /// Models of libpfm4 that describe this CPU; empty where release 4.13 has none.
    public var libpfmPMUs: [String]
    public var counts: CountedBranches
    /// Most counts between an overflow and its PMI for which rr allows; nil where rr has no figure.
    public var skidLimit: UInt64?
    /// Models or parts of the row that rr's table has, where it has not all of them (rr src/PerfCounters.cc,
    /// `compute_cpu_microarch`, August 2026). A row without a skid limit is not in it at all.
    public var modelsKnownToRR: Set<Int>? = nil
    /// Where config and limit were read.
    public var provenance: String
    /// What to know before believing a number, in plain sentences.
    public var notes: [String]

    func matches(_ identity: CPUIdentity) -> Bool {
        switch (identities, identity) {
        case (.x86(let vendor, let family, let models), .x86(let ownVendor, let ownFamily, let ownModel, _)):
            vendor == ownVendor && family == ownFamily && models.contains { $0.contains(ownModel) }
        case (.arm(let implementer, let parts), .arm(let ownImplementer, let ownPart)):
            implementer == ownImplementer && parts.contains(ownPart)
        default: false
        }
    }

    /// Whether rr counts with this event on this CPU, which has to be one of the row's. rr ends at once on others.
    public func isSupportedByRR(_ identity: CPUIdentity) -> Bool {
        guard counts != .unsupported, skidLimit != nil, !identity.isFamily15hToRR else { return false }
        let model =
            switch identity {
            case .x86(_, _, let model, _): model
            case .arm(_, let part): part
            }
        return modelsKnownToRR?.contains(model) ?? true
    }

    /// Whether the kernel has to know the unit mask's bits 40-47 (since Linux 6.11, dce0c74d2d18). An older one
    /// drops them without an error and counts another event.
    public var needsSecondUnitMask: Bool { config >> 40 & 0xff != 0 }
}

extension CPUIdentity {
    /// Whether rr takes the CPU for one of AMD's family 15h and counts taken branches less interrupts on it: it looks
    /// at family 0Fh and the model and, but for some models, neither at the rest of the family nor at the vendor
    /// (`compute_cpu_microarch` in src/PerfCounters_x86.h, August 2026; `case 0xf20`, `0x30f00`, `0x00f10`).
    public var isFamily15hToRR: Bool {
        guard case .x86(_, let family, let model, _) = self, family >= 0x0f else { return false }
        return model == 0x02 || model == 0x30 || (family == 0x12 && model == 0x01)
    }
}

/// The retired-conditional-branch events of the CPUs that are known, one row each.
///
/// Each row is compared with libpfm4 and the kernel's event lists by tests, and says where it was read. libpfm4 4.13
/// lacks every Intel CPU since Emerald Rapids, every hybrid one, most Zen 4 and all Zen 5, and detects by CPUID alone;
/// the table also guards against its names, since unit mask 0x01 of event 0xC4 is all conditional
/// branches before Ice Lake and only the taken ones from Ice Lake on.
public enum RCBTable {
    public static let rows: [RCBTableRow] = intelCoreRows + intelHybridRows + intelAtomRows + amdRows + armRows

    /// The rows about a CPU: several where it is hybrid, none where it is unknown.
    public static func rows(for identity: CPUIdentity) -> [RCBTableRow] {
        rows.filter { $0.matches(identity) }
    }

    /// The row about one core of a CPU.
    ///
    /// Without a core type (the kernel shows one PMU, as it does in a guest) the row of the performance core is
    /// meant, as in rr.
    public static func row(for identity: CPUIdentity, coreType: HybridCoreType? = nil) -> RCBTableRow? {
        let candidates = rows(for: identity)
        guard let coreType else { return candidates.first }
        return candidates.first { $0.coreTypes.contains(coreType) } ?? candidates.first { $0.coreTypes.isEmpty }
    }
}
