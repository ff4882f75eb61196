private func arm(
    _ microarchitecture: String, implementer: Int = 0x41, _ parts: [Int], config: UInt64 = 0x21,
    event: String = "BR_RETIRED", skidLimit: UInt64, provenance: String = "rr src/PerfCounters.cc"
) -> RCBTableRow {
    RCBTableRow(
        microarchitecture: microarchitecture, identities: .arm(implementer: implementer, parts: parts), coreTypes: [],
        config: config, eventName: event, libpfmNames: [event], libpfmPMUs: [], counts: .takenBranches,
        skidLimit: skidLimit, provenance: provenance, notes: [allBranches])
}

private func armUnsupported(_ microarchitecture: String, _ parts: [Int], note: String) -> RCBTableRow {
    RCBTableRow(
        microarchitecture: microarchitecture, identities: .arm(implementer: 0x41, parts: parts), coreTypes: [],
        config: 0, eventName: "none", libpfmNames: [], libpfmPMUs: [], counts: .unsupported, skidLimit: nil,
        provenance: "rr src/PerfCounters.cc", notes: [note])
}

private let allBranches =
    "Arm has no event for conditional branches alone; whether BR_RETIRED counts those not taken is the CPU's choice."

extension RCBTable {
    /// Parts of `MIDR_EL1`. libpfm4's Arm models are in its Arm build only.
    static let armRows: [RCBTableRow] = [
        arm("Neoverse N1", [0xd0c], skidLimit: 1_000),
        arm("Neoverse N2", [0xd49], skidLimit: 1_000),
        arm("Neoverse N3", [0xd8e], skidLimit: 1_000),
        arm("Neoverse V1", [0xd40], skidLimit: 1_000),
        arm("Neoverse V2", [0xd4f], skidLimit: 1_000),
        arm("Neoverse V3", [0xd83, 0xd84], skidLimit: 1_000),
        arm("Cortex-A76", [0xd0b], skidLimit: 10_000),
        arm("Cortex-A77", [0xd0d], skidLimit: 10_000),
        arm("Cortex-A78", [0xd41, 0xd4b], skidLimit: 10_000),
        arm("Cortex-X1", [0xd44, 0xd4c], skidLimit: 10_000),
        arm("Cortex-A720", [0xd81], skidLimit: 1_000),
        arm("Qualcomm Kryo Gold", implementer: 0x51, [0x804], skidLimit: 10_000),
        arm("Qualcomm Oryon", implementer: 0x51, [0x001], skidLimit: 10_000),
        arm("AmpereOne", implementer: 0xc0, [0xac3], skidLimit: 1_000),
        arm(
            "Apple M1 and M2", implementer: 0x61,
            [0x22, 0x23, 0x24, 0x25, 0x28, 0x29, 0x32, 0x33, 0x34, 0x35, 0x38, 0x39],
            config: 0x90, event: "INST_BRANCH_TAKEN", skidLimit: 1_000),
        armUnsupported(
            "Cortex-A55, Cortex-A75 and Neoverse E1", [0xd05, 0xd0a, 0xd4a],
            note: "This CPU counts ISB instructions as branches (rr src/PerfCounters.cc)."),
        armUnsupported(
            "Cortex-A520", [0xd80], note: "This CPU over-counts branches now and then (rr commit 572d62f4)."),
    ]
}
