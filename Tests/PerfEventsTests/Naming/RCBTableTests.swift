import Glibc
import Testing

@testable import PerfEvents

@Suite("The table of retired-conditional-branch events")
struct RCBTableTests {
    private func row(_ family: Int, _ model: Int, _ coreType: HybridCoreType? = nil) -> RCBTableRow? {
        RCBTable.row(for: .x86(vendor: "GenuineIntel", family: family, model: model, stepping: 0), coreType: coreType)
    }

    @Test("The lab's emulated Skylake is r01c4")
    func skylake() {
        #expect(row(6, 94)?.config == 0x01c4)
        #expect(row(6, 94)?.skidLimit == 100)
    }

    @Test("All conditional branches are never mixed up with the taken ones, whose code changed with Ice Lake")
    func condAndTaken() {
        let takenOnly: [UInt64] = [0xfec4, 0x03c4, 0x100_0000_01c4]
        for row in RCBTable.rows where row.counts == .conditional { #expect(!takenOnly.contains(row.config)) }
        let beforeIceLake = [26, 44, 45, 58, 60, 61, 94, 85, 142, 165]
        let sinceIceLake = [106, 125, 140, 167, 143, 207, 173, 151, 183, 170]
        for model in beforeIceLake { #expect(row(6, model)?.config == 0x01c4, "model \(model)") }
        for model in sinceIceLake { #expect(row(6, model)?.config == 0x11c4, "model \(model)") }
    }

    @Test("Each core type of a hybrid CPU has its own event")
    func hybrid() {
        for model in [0x97, 0x9a, 0xb7, 0xba, 0xbf, 0xaa] {
            #expect(row(6, model, .core)?.config == 0x11c4)
            #expect(row(6, model, .atom)?.config == 0x7ec4)
        }
        for model in [0xbd, 0xc5, 0xc6] {
            #expect(row(6, model, .core)?.config == 0x100_0000_11c4)
            #expect(row(6, model, .core)?.needsSecondUnitMask == true)
            #expect(row(6, model, .atom)?.config == 0x7ec4)
            #expect(row(6, model, .atom)?.needsSecondUnitMask == false)
        }
        #expect(row(6, 0xcc, .core)?.config == 0x07c4)
        #expect(row(6, 0xbe)?.config == 0x7ec4)
        for model in [1, 3] {
            #expect(row(18, model, .core)?.config == 0x07c4)
            // Its list has taken and not taken apart: one event alone would count too few.
            #expect(row(18, model, .atom)?.counts == .unsupported)
        }
    }

    @Test("Without a core type the performance core is meant")
    func noCoreType() {
        #expect(row(6, 0x97)?.coreTypes == [.core])
    }

    @Test("A core type that the CPU does not have is unknown rather than taken for another one")
    func foreignCoreType() {
        #expect(row(6, 0xc6, .lowpower) == nil)
    }

    @Test("Every Zen counts PMCx0D1, and Bulldozer nothing exact")
    func amd() {
        func row(_ family: Int, _ model: Int) -> RCBTableRow? {
            RCBTable.row(for: .x86(vendor: "AuthenticAMD", family: family, model: model, stepping: 0))
        }
        for (family, model) in [
            (0x17, 1), (0x17, 0x31), (0x19, 0x21), (0x19, 0x61), (0x19, 0xa0), (0x1a, 0x24), (0x1a, 0x44),
        ] {
            #expect(row(family, model)?.config == 0xd1)
        }
        #expect(row(0x19, 0x61)?.microarchitecture == "Zen 4")
        #expect(row(0x1a, 0xd0)?.microarchitecture == "Zen 5" && row(0x1a, 0xd8)?.eventName == "ex_ret_brn_cond")
        #expect(row(0x1a, 0x30) == nil && row(0x1a, 0xf0) == nil)
        #expect(row(0x15, 0x02)?.counts == .unsupported)
        #expect(row(0x05, 0x02) == nil)
    }

    @Test("Arm counts taken branches, and cores that over-count are refused")
    func arm() {
        #expect(RCBTable.row(for: .arm(implementer: 0x41, part: 0xd0c))?.counts == .takenBranches)
        #expect(RCBTable.row(for: .arm(implementer: 0x41, part: 0xd80))?.counts == .unsupported)
        #expect(RCBTable.row(for: .arm(implementer: 0x61, part: 0x22))?.config == 0x90)
        #expect(RCBTable.row(for: .arm(implementer: 0x99, part: 0xd0c)) == nil)
        for part in [0x802, 0x803, 0x805] {
            #expect(RCBTable.row(for: .arm(implementer: 0x51, part: part))?.counts == .unsupported)
        }
    }

    @Test("No CPU has two rows for one core type")
    func disjoint() {
        let identities = RCBTable.rows.flatMap { row -> [CPUIdentity] in
            switch row.identities {
            case .x86(let vendor, let family, let models):
                models.joined().map { .x86(vendor: vendor, family: family, model: $0, stepping: 0) }
            case .arm(let implementer, let parts): parts.map { .arm(implementer: implementer, part: $0) }
            }
        }
        for identity in identities {
            let rows = RCBTable.rows(for: identity)
            let coreTypes = rows.flatMap { $0.coreTypes.map(\.rawValue) }
            #expect(Set(coreTypes).count == coreTypes.count, "\(identity)")
            #expect(rows.count <= 1 || rows.allSatisfy { !$0.coreTypes.isEmpty }, "\(identity)")
        }
    }

    @Test(
        "Errata on the event are notes of the row",
        arguments: [
            (0x5e, "SKL091"), (0x55, "SKL091"), (0xa5, "SKL091"), (0xaa, "MTL013"), (0xaf, "SRF7"), (0xc5, "ARL011"),
        ])
    func errata(model: Int, erratum: String) {
        let rows = RCBTable.rows(for: .x86(vendor: "GenuineIntel", family: 6, model: model, stepping: 0))
        let notes = rows.map(\.notes).joined().joined()
        #expect(notes.contains("rratum \(erratum)"))
    }

    @Test("Every row says where it was read, and every unsupported one why")
    func provenance() {
        for row in RCBTable.rows {
            #expect(!row.provenance.isEmpty && !row.eventName.isEmpty)
            #expect((row.counts == .unsupported) == (row.config == 0))
            if row.counts == .unsupported { #expect(!row.notes.isEmpty) }
        }
    }

    @Test(
        "libpfm4's code for conditional branches is the row's, for each of its PMUs", .enabled(if: isLibpfmUntouched))
    func agreesWithLibpfm() async {
        // The library reads its environment once: absent CPUs need a process of their own.
        await #expect(processExitsWith: .success) {
            setenv("LIBPFM_ENCODE_INACTIVE", "1", 1)
            let catalog = try EventCatalog()
            let names = Set(RCBTable.rows.filter { $0.config != 0 }.flatMap(\.libpfmNames))
            var compared: Set<String> = []
            for pmu in catalog.pmus where pmu.kind == .core {
                let rows = RCBTable.rows.filter { $0.libpfmPMUs.contains(pmu.name) }
                for encoded in names.compactMap({ try? catalog.encode("\(pmu.name)::\($0)") }) {
                    // The name for all models of the family, whose rows are named after the cores.
                    if pmu.name == "amd64_fam17h" { continue }
                    #expect(!rows.isEmpty, "no row is about \(pmu.name), which has \(encoded.canonicalName)")
                    for row in rows { #expect(encoded.event.config == row.config, "\(encoded.canonicalName)") }
                    #expect(encoded.event.type == Event.rawType)
                    compared.insert(pmu.name)
                }
            }
            #expect(compared.isSuperset(of: RCBTable.rows.flatMap(\.libpfmPMUs)))
            #expect(compared.count >= 25)
        }
    }
}
