import PerfEvents
import Testing

@testable import Diagnosis

/// Two tables from one source, written at different times for different questions: they must agree where they overlap.
@Suite("rr's table")
struct RRTableTests {
    /// rr gives B0650 the event of Arrow Lake, and RCBTable says why it differs there. rr lists 80660 with Ice Lake;
    /// model 0x86 is a Tremont in the kernel's intel-family.h, and in RCBTable.
    private static let disputed: Set<UInt32> = [0xB0650, 0x80660]

    /// What Linux takes of a raw code: without the user, interrupt and enable bits that rr adds.
    private func kernelConfig(_ raw: UInt64) -> UInt64 { raw & ~0x53_0000 }

    private func identity(_ row: RRMicroarchitecture.X86Row, _ bits: UInt32, vendor: String) -> CPUIdentity {
        let family = Int(bits >> 8 & 0xF) + (bits >> 8 & 0xF == 0xF ? row.extendedFamily ?? 0 : 0)
        return .x86(
            vendor: vendor, family: family, model: Int(bits >> 12 & 0xF0 | bits >> 4 & 0xF), stepping: 0)
    }

    @Test("Every Intel CPU of rr's has the same event and limit in truecount's table")
    func intel() throws {
        var compared = 0
        for row in RRMicroarchitecture.intel {
            for bits in row.identities {
                let coreType: HybridCoreType? = row.isHybrid ? .core : nil
                let known = RCBTable.row(for: identity(row, bits, vendor: "GenuineIntel"), coreType: coreType)
                guard let known else { continue }
                compared += 1
                guard let event = row.value.rawEvent else {
                    #expect(known.counts == .unsupported, "\(row.value.name)")
                    continue
                }
                if Self.disputed.contains(bits) { continue }
                #expect(known.config == kernelConfig(event), "\(row.value.name) \(String(bits, radix: 16))")
                if let limit = known.skidLimit { #expect(limit == row.value.skidLimit, "\(row.value.name)") }
            }
        }
        #expect(compared >= 55, "\(compared)")
    }

    @Test("Every Zen of rr's has the same event and limit")
    func amd() throws {
        for row in RRMicroarchitecture.amd where row.value.isSkidUnbounded {
            for bits in row.identities {
                let known = try #require(RCBTable.row(for: identity(row, bits, vendor: "AuthenticAMD")))
                #expect(known.config == kernelConfig(row.value.rawEvent ?? 0) && known.skidLimit == row.value.skidLimit)
            }
        }
    }

    @Test("Every Arm core of rr's has the same event and limit")
    func arm() throws {
        for row in RRMicroarchitecture.arm {
            for part in row.parts {
                let known = try #require(RCBTable.row(for: .arm(implementer: row.implementer, part: part)))
                guard let event = row.value.rawEvent else {
                    #expect(known.counts == .unsupported)
                    continue
                }
                #expect(known.config == event && known.skidLimit == row.value.skidLimit, "\(row.value.name)")
            }
        }
    }

    @Test("No identity is in two lines")
    func unique() {
        let intel = RRMicroarchitecture.intel.flatMap(\.identities)
        #expect(Set(intel).count == intel.count)
        let amd = RRMicroarchitecture.amd.flatMap { row in
            row.identities.map { "\(row.extendedFamily ?? 0) \($0)" }
        }
        #expect(Set(amd).count == amd.count)
    }
}
