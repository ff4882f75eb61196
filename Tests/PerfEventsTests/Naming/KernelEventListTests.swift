import Testing

@testable import PerfEvents

/// The kernel's own lists of events (tools/perf/pmu-events), independent of libpfm4 and of rr: what both the table and
/// they have must be equal.
@Suite(
    "The kernel's event lists",
    .enabled(if: KernelEventLists.areWanted, "fetches 160 MB: TRUECOUNT_LAB=on swift test --filter KernelEventList"),
    .enabled("the kernel's event lists cannot be had: the reason is above") { KernelEventLists.folder != nil })
struct KernelEventListTests {
    /// Rows without a CPU that the kernel's lists have, and without a model of libpfm4's: where they come from says
    /// each row's provenance.
    private static let inNeither: Set<String> = [
        // Without an event.
        "Merom and Penryn", "Bonnell", "K8", "K10", "Turion X2", "Llano", "Bobcat", "Bulldozer to Excavator", "Jaguar",
        "Panther Cove (Diamond Rapids)", "Arctic Wolf (Nova Lake)",
        "Cortex-A55, Cortex-A75 and Neoverse E1", "Cortex-A520",
        "Qualcomm Kryo 3xx and 4xx Silver (Cortex-A75, Cortex-A55)",
        // With one: Intel perfmon.
        "Coyote Cove (Nova Lake)", "Bartlett Lake",
        // rr.
        "Cortex-A720", "Qualcomm Kryo Gold", "Qualcomm Oryon", "Apple M1 and M2",
        // The architecture's event.
        "Cortex-A715", "Cortex-A720AE", "Cortex-A725", "Cortex-X3", "Cortex-X4", "Cortex-X925",
        "Cobalt 100 (Neoverse N2)",
    ]

    @Test("They have each x86 row's event, with its code, its name and its errata")
    func x86() throws {
        let lists = try KernelEventLists()
        var compared = 0
        for row in RCBTable.rows {
            guard case .x86(let vendor, let family, let models) = row.identities else { continue }
            for model in models.joined() {
                // Skylake and Cascade Lake are steppings of one model.
                for list in Set(
                    [4, 7].compactMap { lists.x86List("\(vendor)-\(family)-", model: model, stepping: $0) })
                {
                    let events = lists.conditionalBranches(of: list, coreTypes: row.coreTypes)
                    #expect(events.isEmpty == (row.counts == .unsupported), "\(row.microarchitecture): \(list)")
                    for event in events {
                        #expect(event.config == row.config, "\(row.microarchitecture): \(list), \(event.name)")
                        let errata = event.errata.map { [$0] } ?? []
                        #expect(erratum(in: row.notes) == errata, "\(row.microarchitecture): \(list)")
                        compared += 1
                    }
                    // perf's map gives models d0h to d7h, Zen 5 in the kernel's cpu/amd.c, the list of Zen 6.
                    let isZen6List = row.microarchitecture == "Zen 5" && list == "amdzen6"
                    let names = events.map(\.name)
                    #expect(events.isEmpty || isZen6List || names.contains(row.eventName), "\(list): \(names)")
                }
            }
        }
        #expect(compared >= 300)
    }

    /// Intel's, by name: three letters and a number.
    private func erratum(in notes: [String]) -> [String] {
        notes.joined(separator: " ").matches(of: /rratum ([A-Z]+[0-9]+)/).map { String($0.1) }
    }

    @Test("They have BR_RETIRED for each Arm row's core, and where they say \"taken or not\" the row does, too")
    func arm() throws {
        let lists = try KernelEventLists()
        var compared = 0
        for row in RCBTable.rows where row.counts != .unsupported {
            guard case .arm(let implementer, let parts) = row.identities else { continue }
            for part in parts {
                guard let list = lists.armList(implementer: implementer, part: part) else { continue }
                let event = try #require(try lists.event("BR_RETIRED", ofArm: list), "\(list)")
                #expect(event.config == row.config && event.name == row.eventName, "\(list)")
                let isSaid = event.description.contains("taken or not")
                #expect(row.notes.contains { $0.contains("taken or not") } == isSaid, "\(row.microarchitecture)")
                compared += 1
            }
        }
        #expect(compared >= 14)
    }

    @Test("The rows that neither they nor libpfm4 have are those that are known for it")
    func inNeither() throws {
        let lists = try KernelEventLists()
        let rows = RCBTable.rows.filter { row in
            guard row.libpfmPMUs.isEmpty else { return false }
            switch row.identities {
            case .x86(let vendor, let family, let models):
                return row.counts == .unsupported
                    || !models.joined().contains {
                        lists.x86List("\(vendor)-\(family)-", model: $0, stepping: 0) != nil
                    }
            case .arm(let implementer, let parts):
                return row.counts == .unsupported
                    || !parts.contains { lists.armList(implementer: implementer, part: $0) != nil }
            }
        }
        #expect(Set(rows.map(\.microarchitecture)) == Self.inNeither)
    }
}
