private func amd(
    _ microarchitecture: String, family: Int, models: [ClosedRange<Int>], pmus: [String] = [],
    inRR modelsKnownToRR: Set<Int>? = nil, skidLimit: UInt64? = 10_000,
    provenance: String = "rr src/PerfCounters.cc; AMD PPR, PMCx0D1", notes: [String] = []
) -> RCBTableRow {
    RCBTableRow(
        microarchitecture: microarchitecture,
        identities: .x86(vendor: "AuthenticAMD", family: family, models: models), coreTypes: [], config: 0xd1,
        eventName: "ex_ret_cond", libpfmNames: ["RETIRED_CONDITIONAL_BRANCH_INSTRUCTIONS"], libpfmPMUs: pmus,
        counts: .conditional, skidLimit: skidLimit, modelsKnownToRR: modelsKnownToRR, provenance: provenance,
        notes: notes + [lateInterrupts])
}

private func amdUnsupported(_ microarchitecture: String, family: Int, note: String) -> RCBTableRow {
    RCBTableRow(
        microarchitecture: microarchitecture,
        identities: .x86(vendor: "AuthenticAMD", family: family, models: [0...0xff]), coreTypes: [], config: 0,
        eventName: "none", libpfmNames: [], libpfmPMUs: [], counts: .unsupported, skidLimit: nil,
        provenance: "libpfm4 4.13; rr src/PerfCounters.cc", notes: [note])
}

private let lateInterrupts =
    "PMIs can come thousands of branches late on Zen (rr issue 2720); the limit is what rr tolerates, no bound of the CPU."
private let lockMap =
    "Speculative lock rollback adds branches around locked instructions unless SpecLockMap is off (rr issue 2034)."
private let overcount =
    "Erratum 1292: retire-based events, this one among them, may over-count; Linux has no workaround for it."
private let noConditional = "This CPU has no event for retired conditional branches alone."

extension RCBTable {
    /// rr lists the models that its users met. The event is the same in each family's every model, so rows go by
    /// family, and by the model ranges of the kernel's `bsp_init_amd()` to name the core.
    static let amdRows: [RCBTableRow] = [
        amdUnsupported("K8", family: 0x0f, note: noConditional),
        amdUnsupported("K10", family: 0x10, note: noConditional),
        amdUnsupported("Turion X2", family: 0x11, note: noConditional),
        amdUnsupported("Llano", family: 0x12, note: noConditional),
        amdUnsupported("Bobcat", family: 0x14, note: noConditional),
        amdUnsupported(
            "Bulldozer to Excavator", family: 0x15,
            note: """
                Its event 0xC4 counts taken branches and one more at each interrupt, which only a second counter of \
                0xC6 corrects (rr issue 1552): no exact count beside PMIs.
                """),
        amdUnsupported("Jaguar", family: 0x16, note: noConditional),
        amd(
            "Zen and Zen+", family: 0x17, models: [0x00...0x2f, 0x50...0x5f], pmus: ["amd64_fam17h_zen1"],
            inRR: [0x01, 0x08, 0x11, 0x18, 0x20], notes: [lockMap, overcount]),
        amd(
            "Zen 2", family: 0x17, models: [0x30...0x4f, 0x60...0xff], pmus: ["amd64_fam17h_zen2"],
            inRR: [0x31, 0x60, 0x68, 0x71, 0x90], notes: [lockMap, overcount]),
        amd(
            "Zen 3", family: 0x19, models: [0x00...0x0f, 0x20...0x5f], pmus: ["amd64_fam19h_zen3"],
            inRR: [0x01, 0x08, 0x21, 0x44, 0x50], notes: [lockMap, overcount]),
        amd(
            "Zen 4", family: 0x19, models: [0x10...0x1f, 0x60...0xaf], pmus: ["amd64_fam19h_zen4"],
            inRR: [0x61, 0x74, 0x75], notes: [lockMap]),
        amd(
            "Zen 5", family: 0x1a, models: [0x00...0x4f, 0x60...0x7f], inRR: [0x24, 0x60, 0x70], notes: [lockMap]),
        amd(
            "Zen 6", family: 0x1a, models: [0x50...0x5f, 0x80...0xcf], skidLimit: nil,
            provenance: "libpfm4 development, zen6; not in rr"),
    ]
}
