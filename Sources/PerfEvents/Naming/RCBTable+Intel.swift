private let rrTable = "rr src/PerfCounters.cc"
private let rrAndPerfmon = "rr src/PerfCounters.cc; Intel perfmon event lists"

private func intel(
    _ microarchitecture: String, _ models: [Int], coreTypes: [HybridCoreType] = [], config: UInt64, event: String,
    names: [String] = [], pmus: [String] = [], skidLimit: UInt64? = 100, provenance: String = rrTable,
    counts: CountedBranches = .conditional, family: Int = 6, inRR modelsKnownToRR: Set<Int>? = nil,
    notes: [String] = []
) -> RCBTableRow {
    RCBTableRow(
        microarchitecture: microarchitecture,
        identities: .x86(vendor: "GenuineIntel", family: family, models: models.map { $0...$0 }),
        coreTypes: coreTypes, config: config, eventName: event, libpfmNames: names, libpfmPMUs: pmus, counts: counts,
        skidLimit: skidLimit, modelsKnownToRR: modelsKnownToRR, provenance: provenance, notes: notes)
}

/// Skid limits are those of rr's table.
private let untilRocketLake: UInt64 = 100
private let sinceAlderLake: UInt64 = 125

private let conditional = "BR_INST_RETIRED:CONDITIONAL"
private let cond = "BR_INST_RETIRED:COND"
private let jcc = "BR_INST_RETIRED:JCC"

extension RCBTable {
    /// Cores of one type, from Merom to Granite Rapids.
    static let intelCoreRows: [RCBTableRow] = [
        intel(
            "Merom and Penryn", [0x0f, 0x16, 0x17, 0x1d], config: 0, event: "none", skidLimit: nil,
            counts: .unsupported,
            notes: ["This CPU counts retired branches only taken and not taken together with unconditional ones."]),
        intel(
            "Nehalem", [0x1a, 0x1e, 0x1f, 0x2e], config: 0x01c4, event: "BR_INST_RETIRED.CONDITIONAL",
            names: [conditional], pmus: ["nhm", "nhm_ex"], inRR: [0x1a, 0x1e, 0x2e]),
        intel(
            "Westmere", [0x25, 0x2c, 0x2f], config: 0x01c4, event: "BR_INST_RETIRED.CONDITIONAL",
            names: [conditional], pmus: ["wsm", "wsm_dp"],
            notes: ["Runs that differ by one branch were seen on this CPU (rr issues 2448 and 2615)."]),
        intel(
            "Sandy Bridge", [0x2a, 0x2d], config: 0x01c4, event: "BR_INST_RETIRED.CONDITIONAL",
            names: [conditional], pmus: ["snb", "snb_ep"]),
        intel(
            "Ivy Bridge", [0x3a, 0x3e], config: 0x01c4, event: "BR_INST_RETIRED.CONDITIONAL",
            names: [cond, conditional], pmus: ["ivb", "ivb_ep"]),
        intel(
            "Haswell", [0x3c, 0x3f, 0x45, 0x46], config: 0x01c4, event: "BR_INST_RETIRED.CONDITIONAL",
            names: [conditional, cond], pmus: ["hsw", "hsw_ep"],
            notes: ["The kernel refuses periods below 32 on this CPU (since Linux 6.11; rr issue 3848)."]),
        intel(
            "Broadwell", [0x3d, 0x47, 0x4f, 0x56], config: 0x01c4, event: "BR_INST_RETIRED.CONDITIONAL",
            names: [conditional, cond], pmus: ["bdw", "bdw_ep"]),
        intel(
            "Skylake", [0x4e, 0x5e], config: 0x01c4, event: "BR_INST_RETIRED.CONDITIONAL",
            names: [conditional, cond], pmus: ["skl"], provenance: rrAndPerfmon),
        intel(
            "Skylake and Cascade Lake servers", [0x55], config: 0x01c4, event: "BR_INST_RETIRED.CONDITIONAL",
            names: [conditional, cond], pmus: ["skx", "clx"], provenance: rrAndPerfmon),
        intel(
            "Kaby Lake and Coffee Lake", [0x8e, 0x9e], config: 0x01c4, event: "BR_INST_RETIRED.CONDITIONAL",
            names: [conditional, cond], pmus: ["skl"], provenance: rrAndPerfmon),
        intel(
            "Comet Lake", [0xa5, 0xa6], config: 0x01c4, event: "BR_INST_RETIRED.CONDITIONAL",
            names: [conditional, cond], pmus: ["skl"], provenance: rrAndPerfmon),
        intel(
            "Ice Lake", [0x7d, 0x7e, 0x9d], config: 0x11c4, event: "BR_INST_RETIRED.COND",
            names: [cond], pmus: ["icl"], provenance: rrAndPerfmon, inRR: [0x7e]),
        intel(
            "Ice Lake servers", [0x6a, 0x6c], config: 0x11c4, event: "BR_INST_RETIRED.COND",
            names: [cond], pmus: ["icx"], provenance: rrAndPerfmon, inRR: [0x6a]),
        intel(
            "Tiger Lake", [0x8c, 0x8d], config: 0x11c4, event: "BR_INST_RETIRED.COND",
            names: [cond], pmus: ["icl"], provenance: rrAndPerfmon),
        intel(
            "Rocket Lake", [0xa7], config: 0x11c4, event: "BR_INST_RETIRED.COND",
            names: [cond], pmus: ["icl"], skidLimit: untilRocketLake, provenance: rrAndPerfmon),
        intel(
            "Sapphire Rapids", [0x8f], config: 0x11c4, event: "BR_INST_RETIRED.COND",
            names: [cond], pmus: ["spr"], skidLimit: sinceAlderLake, provenance: rrAndPerfmon),
        intel(
            "Emerald Rapids", [0xcf], config: 0x11c4, event: "BR_INST_RETIRED.COND",
            names: [cond], skidLimit: sinceAlderLake, provenance: rrAndPerfmon),
        intel(
            "Granite Rapids", [0xad, 0xae], config: 0x11c4, event: "BR_INST_RETIRED.COND",
            names: [cond], skidLimit: sinceAlderLake, provenance: rrAndPerfmon, inRR: [0xad]),
    ]

    /// CPUs with cores of several types. The kernel gives each type a PMU of its own.
    static let intelHybridRows: [RCBTableRow] = [
        intel(
            "Golden Cove (Alder Lake)", [0x97, 0x9a], coreTypes: [.core], config: 0x11c4, event: "BR_INST_RETIRED.COND",
            names: [cond], skidLimit: sinceAlderLake, provenance: rrAndPerfmon),
        intel(
            "Raptor Cove (Raptor Lake)", [0xb7, 0xba, 0xbf], coreTypes: [.core], config: 0x11c4,
            event: "BR_INST_RETIRED.COND", names: [cond], skidLimit: sinceAlderLake, provenance: rrAndPerfmon),
        intel(
            "Gracemont (Alder and Raptor Lake)", [0x97, 0x9a, 0xb7, 0xba, 0xbf], coreTypes: [.atom], config: 0x7ec4,
            event: "BR_INST_RETIRED.COND", names: [cond, jcc], provenance: rrAndPerfmon),
        // rr gives 0xB5 the event of Arrow Lake; perfmon's map gives it the event lists of Meteor Lake. The
        // encodings agree where the kernel drops the second unit mask, as it does on that core.
        intel(
            "Redwood Cove (Meteor Lake)", [0xaa, 0xac, 0xb5], coreTypes: [.core], config: 0x11c4,
            event: "BR_INST_RETIRED.COND", names: [cond], skidLimit: sinceAlderLake, provenance: rrAndPerfmon,
            inRR: [0xaa, 0xb5]),
        intel(
            "Crestmont (Meteor Lake)", [0xaa, 0xac, 0xb5], coreTypes: [.atom, .lowpower], config: 0x7ec4,
            event: "BR_INST_RETIRED.COND", names: [cond, jcc], provenance: rrAndPerfmon, inRR: [0xaa, 0xb5]),
        intel(
            "Lion Cove (Lunar Lake)", [0xbd], coreTypes: [.core], config: 0x100_0000_11c4,
            event: "BR_INST_RETIRED.COND", names: [cond], skidLimit: sinceAlderLake, provenance: rrAndPerfmon,
            notes: [secondUnitMask]),
        intel(
            "Lion Cove (Arrow Lake)", [0xc5, 0xc6], coreTypes: [.core], config: 0x100_0000_11c4,
            event: "BR_INST_RETIRED.COND", names: [cond], skidLimit: sinceAlderLake, provenance: rrAndPerfmon,
            notes: [secondUnitMask]),
        intel(
            "Skymont (Lunar and Arrow Lake)", [0xbd, 0xc5, 0xc6], coreTypes: [.atom], config: 0x7ec4,
            event: "BR_INST_RETIRED.COND", names: [cond, jcc], provenance: rrAndPerfmon),
        intel(
            "Crestmont (Arrow Lake H)", [0xc5], coreTypes: [.lowpower], config: 0x7ec4,
            event: "BR_INST_RETIRED.COND", names: [cond, jcc], provenance: rrAndPerfmon,
            notes: ["Intel's event list names erratum ARL011 for this event on this core."]),
        intel(
            "Cougar Cove (Panther Lake)", [0xcc, 0xd5, 0xe5], coreTypes: [.core], config: 0x07c4,
            event: "BR_INST_RETIRED.COND", names: [cond], skidLimit: nil, provenance: perfmonOnly),
        intel(
            "Darkmont (Panther Lake)", [0xcc, 0xd5, 0xe5], coreTypes: [.atom, .lowpower], config: 0x07c4,
            event: "BR_INST_RETIRED.COND", names: [cond], skidLimit: nil, provenance: perfmonOnly),
    ]

    /// Atom cores without another type beside them.
    static let intelAtomRows: [RCBTableRow] = [
        intel(
            "Bonnell", [0x1c, 0x26, 0x27, 0x35, 0x36], config: 0, event: "none", skidLimit: nil,
            provenance: "libpfm4 4.13, atom", counts: .unsupported,
            notes: ["This CPU has no event for retired conditional branches."]),
        intel(
            "Silvermont and Airmont", [0x37, 0x4a, 0x4d, 0x4c, 0x5a], config: 0x7ec4, event: "BR_INST_RETIRED.JCC",
            names: [jcc], pmus: ["slm"], inRR: [0x37, 0x4c]),
        intel(
            "Knights Landing", [0x57], config: 0x7ec4, event: "BR_INST_RETIRED.JCC", names: [jcc], pmus: ["knl"],
            notes: [twoCounters]),
        intel(
            "Knights Mill", [0x85], config: 0x7ec4, event: "BR_INST_RETIRED.JCC", names: [jcc], pmus: ["knm"],
            skidLimit: nil, provenance: "libpfm4 4.13, knm; not in rr", notes: [twoCounters]),
        intel(
            "Goldmont", [0x5c, 0x5f, 0x7a], config: 0x7ec4, event: "BR_INST_RETIRED.JCC", names: [jcc], pmus: ["glm"]),
        // rr's table calls 0x86 Ice Lake; perfmon's map and the kernel's intel-family.h call it Tremont (Snow Ridge).
        intel(
            "Tremont", [0x86, 0x96, 0x9c], config: 0x7ec4, event: "BR_INST_RETIRED.COND", names: [jcc, cond],
            provenance: rrAndPerfmon, inRR: [0x86, 0x9c],
            notes: ["libpfm4 4.13 knows this CPU but not this event."]),
        intel(
            "Gracemont (Alder Lake N)", [0xbe], config: 0x7ec4, event: "BR_INST_RETIRED.COND", names: [cond, jcc],
            provenance: rrAndPerfmon),
        intel(
            "Crestmont (Sierra Forest, Grand Ridge)", [0xaf, 0xb6], config: 0x7ec4, event: "BR_INST_RETIRED.COND",
            names: [cond, jcc], skidLimit: nil, provenance: perfmonOnly,
            notes: [
                "All branches are over-counted on this CPU (kvm-unit-tests, x86/pmu.c); whether conditional ones are is not known."
            ]),
        intel(
            "Darkmont (Clearwater Forest)", [0xdd], config: 0x07c4, event: "BR_INST_RETIRED.COND", names: [cond],
            skidLimit: nil, provenance: perfmonOnly),
    ]
}

private let perfmonOnly = "Intel perfmon event lists; not in rr"
private let twoCounters = "This CPU has two general counters: a third event starves (rr issue 1957)."
private let secondUnitMask =
    "Needs unit mask bits 40-47, which Linux passes on since 6.11 (dce0c74d2d18); older kernels count another event."
