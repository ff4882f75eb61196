private let rrTable = "rr src/PerfCounters.cc"
private let rrAndPerfmon = "rr src/PerfCounters.cc; Intel perfmon event lists"
private let perfmonOnly = "Intel perfmon event lists; not in rr"

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
            notes: ["This CPU cannot count conditional branches without unconditional ones."]),
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
            names: [conditional, cond], pmus: ["skl"], provenance: rrAndPerfmon,
            notes: [listed(erratum: "SKL091")]),
        intel(
            "Skylake and Cascade Lake servers", [0x55], config: 0x01c4, event: "BR_INST_RETIRED.CONDITIONAL",
            names: [conditional, cond], pmus: ["skx", "clx"], provenance: rrAndPerfmon,
            notes: [listed(erratum: "SKL091")]),
        intel(
            "Kaby Lake and Coffee Lake", [0x8e, 0x9e], config: 0x01c4, event: "BR_INST_RETIRED.CONDITIONAL",
            names: [conditional, cond], pmus: ["skl"], provenance: rrAndPerfmon,
            notes: [listed(erratum: "SKL091")]),
        intel(
            "Comet Lake", [0xa5, 0xa6], config: 0x01c4, event: "BR_INST_RETIRED.CONDITIONAL",
            names: [conditional, cond], pmus: ["skl"], provenance: rrAndPerfmon,
            notes: [listed(erratum: "SKL091")]),
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
        intel(
            "Bartlett Lake", [0xd7], config: 0x11c4, event: "BR_INST_RETIRED.COND", names: [cond], skidLimit: nil,
            provenance: "Linux arch/x86/include/asm/intel-family.h (Raptor Cove); that core's event in Intel perfmon",
            notes: ["No event list names this CPU: the event is that of its core, Raptor Cove, in Raptor Lake."]),
        intel(
            "Panther Cove (Diamond Rapids)", [0x01], config: 0, event: "none", skidLimit: nil,
            provenance: "Linux arch/x86/include/asm/intel-family.h; in no event list", counts: .unsupported,
            family: 19, notes: ["No public list of events has this CPU yet (Linux 7.2, libpfm4 4.13, Intel perfmon)."]),
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
            event: "BR_INST_RETIRED.COND", names: [cond, jcc], provenance: rrAndPerfmon, inRR: [0xaa, 0xb5],
            notes: [listed(erratum: "MTL013")]),
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
            notes: [listed(erratum: "ARL011")]),
        intel(
            "Cougar Cove (Panther Lake)", [0xcc, 0xd5, 0xe5], coreTypes: [.core], config: 0x07c4,
            event: "BR_INST_RETIRED.COND", names: [cond], skidLimit: nil, provenance: perfmonOnly),
        intel(
            "Darkmont (Panther Lake)", [0xcc, 0xd5, 0xe5], coreTypes: [.atom, .lowpower], config: 0x07c4,
            event: "BR_INST_RETIRED.COND", names: [cond], skidLimit: nil, provenance: perfmonOnly),
        intel(
            "Coyote Cove (Nova Lake)", [0x01, 0x03], coreTypes: [.core], config: 0x07c4,
            event: "BR_INST_RETIRED.COND", names: [cond], skidLimit: nil, provenance: perfmonOnly, family: 18),
        intel(
            "Arctic Wolf (Nova Lake)", [0x01, 0x03], coreTypes: [.atom], config: 0, event: "none", skidLimit: nil,
            provenance: perfmonOnly, counts: .unsupported, family: 18,
            notes: [
                "Intel's event list counts conditional branches taken (r03c4) and not taken (r04c4) as two events here."
            ]),
    ]

    /// Atom cores without another type beside them.
    static let intelAtomRows: [RCBTableRow] = [
        intel(
            "Bonnell", [0x1c, 0x26, 0x27, 0x35, 0x36], config: 0, event: "none", skidLimit: nil,
            provenance: "libpfm4 4.13, atom", counts: .unsupported,
            notes: ["This CPU has no event for retired conditional branches."]),
        intel(
            "Silvermont and Airmont", [0x37, 0x4a, 0x4d, 0x4c, 0x5a, 0x75], config: 0x7ec4,
            event: "BR_INST_RETIRED.JCC", names: [jcc], pmus: ["slm"],
            provenance: "rr src/PerfCounters.cc; for 75h Linux arch/x86/events/intel/core.c", inRR: [0x37, 0x4c]),
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
            "Tremont", [0x86, 0x96, 0x9c], config: 0x7ec4, event: "BR_INST_RETIRED.JCC", names: [jcc, cond],
            provenance: rrAndPerfmon, inRR: [0x86, 0x9c],
            notes: ["libpfm4 4.13 knows this CPU but not this event."]),
        intel(
            "Gracemont (Alder Lake N)", [0xbe], config: 0x7ec4, event: "BR_INST_RETIRED.COND", names: [cond, jcc],
            provenance: rrAndPerfmon),
        intel(
            "Crestmont (Sierra Forest)", [0xaf], config: 0x7ec4, event: "BR_INST_RETIRED.COND", names: [cond, jcc],
            skidLimit: nil, provenance: perfmonOnly,
            notes: [
                "Erratum SRF7: over-counts at far calls, jumps and returns, IRET and VM entries (Linux \(overcounts))."
            ]),
        intel(
            "Crestmont (Grand Ridge)", [0xb6], config: 0x7ec4, event: "BR_INST_RETIRED.COND", names: [cond, jcc],
            skidLimit: nil, provenance: perfmonOnly,
            notes: [
                "Atoms over-count all branches at far transfers (Linux \(overcounts)); no erratum names this event here."
            ]),
        intel(
            "Darkmont (Clearwater Forest)", [0xdd], config: 0x07c4, event: "BR_INST_RETIRED.COND", names: [cond],
            skidLimit: nil, provenance: perfmonOnly),
    ]
}

private let overcounts = "tools/testing/selftests/kvm/lib/x86/pmu.c"
private func listed(erratum: String) -> String { "Intel's event list names erratum \(erratum) for this event." }
private let twoCounters = "This CPU has two general counters: a third event starves (rr issue 1957)."
private let secondUnitMask =
    "Needs unit mask bits 40-47, which Linux passes on since 6.11 (dce0c74d2d18); older kernels count another event."

private func amd(
    _ microarchitecture: String, family: Int, models: [ClosedRange<Int>], pmus: [String] = [],
    inRR modelsKnownToRR: Set<Int>? = nil, skidLimit: UInt64? = 10_000,
    provenance: String = "rr src/PerfCounters.cc; AMD PPR, PMCx0D1", event: String = "ex_ret_cond", notes: [String] = []
) -> RCBTableRow {
    RCBTableRow(
        microarchitecture: microarchitecture,
        identities: .x86(vendor: "AuthenticAMD", family: family, models: models), coreTypes: [], config: 0xd1,
        eventName: event, libpfmNames: ["RETIRED_CONDITIONAL_BRANCH_INSTRUCTIONS"], libpfmPMUs: pmus,
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
    "PMIs can come thousands of branches late on Zen (rr issue 2720); the limit is what rr tolerates, not a limit of the CPU."
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
            inRR: [0x01, 0x08, 0x11, 0x18, 0x20, 0x21, 0x24, 0x50], notes: [lockMap, overcount]),
        amd(
            "Zen 2", family: 0x17, models: [0x30...0x4f, 0x60...0xff], pmus: ["amd64_fam17h_zen2"],
            inRR: [0x31, 0x44, 0x60, 0x61, 0x68, 0x71, 0x74, 0x75, 0x90], notes: [lockMap, overcount]),
        amd(
            "Zen 3", family: 0x19, models: [0x00...0x0f, 0x20...0x5f], pmus: ["amd64_fam19h_zen3"],
            inRR: [0x01, 0x08, 0x20, 0x21, 0x24, 0x44, 0x50], notes: [lockMap, overcount]),
        // rr takes 11h (Genoa) and 18h for Zen 2, with the same event (fa1f15d8, 2024).
        amd(
            "Zen 4", family: 0x19, models: [0x10...0x1f, 0x60...0xaf], pmus: ["amd64_fam19h_zen4"],
            inRR: [0x11, 0x18, 0x61, 0x74, 0x75], notes: [lockMap]),
        amd(
            "Zen 5", family: 0x1a, models: [0x00...0x2f, 0x40...0x4f, 0x60...0x7f, 0xd0...0xd7],
            inRR: [0x21, 0x24, 0x44, 0x60, 0x61, 0x70, 0x74, 0x75], notes: [lockMap]),
        amd(
            "Zen 6", family: 0x1a, models: [0x50...0x5f, 0x80...0xaf, 0xc0...0xcf, 0xd8...0xef], inRR: [0x50],
            provenance: "Linux tools/perf/pmu-events, amdzen6", event: "ex_ret_brn_cond"),
    ]
}

private func arm(
    _ microarchitecture: String, implementer: Int = 0x41, _ parts: [Int], config: UInt64 = 0x21,
    event: String = "BR_RETIRED", skidLimit: UInt64? = nil, provenance: String = "rr src/PerfCounters.cc",
    notes: [String] = [allBranches]
) -> RCBTableRow {
    RCBTableRow(
        microarchitecture: microarchitecture, identities: .arm(implementer: implementer, parts: parts), coreTypes: [],
        config: config, eventName: event, libpfmNames: [event], libpfmPMUs: [], counts: .takenBranches,
        skidLimit: skidLimit, provenance: provenance, notes: notes)
}

private func armUnsupported(
    _ microarchitecture: String, implementer: Int = 0x41, _ parts: [Int], note: String
) -> RCBTableRow {
    RCBTableRow(
        microarchitecture: microarchitecture, identities: .arm(implementer: implementer, parts: parts), coreTypes: [],
        config: 0, eventName: "none", libpfmNames: [], libpfmPMUs: [], counts: .unsupported, skidLimit: nil,
        provenance: "rr src/PerfCounters.cc", notes: [note])
}

private let allBranches =
    "Arm has no event for conditional branches alone; whether BR_RETIRED counts those not taken depends on the CPU."
private let disputed =
    "Linux's event files say that BR_RETIRED counts branches taken or not on this CPU, rr that it counts taken ones."
private let notTakenToo = "Linux's event files say that BR_RETIRED counts branches taken or not on this CPU."
private let countsISB = "This CPU counts ISB instructions as branches (rr src/PerfCounters.cc)."
private let linuxEvents = "Linux tools/perf/pmu-events/arch/arm64"
private let architectural = "Linux drivers/perf/arm_pmuv3.c, arm64 cputype.h; the architecture's BR_RETIRED"

extension RCBTable {
    /// Parts of `MIDR_EL1`. libpfm4's Arm models are in its Arm build only.
    static let armRows: [RCBTableRow] = [
        arm("Neoverse N1", [0xd0c], skidLimit: 1_000, notes: [disputed]),
        arm("Neoverse N2", [0xd49], skidLimit: 1_000, notes: [disputed]),
        arm(
            "Cobalt 100 (Neoverse N2)", implementer: 0x6d, [0xd49],
            provenance: "Linux arm64 cputype.h; \(linuxEvents), neoverse-n2-v2", notes: [notTakenToo]),
        arm("Neoverse N3", [0xd8e], skidLimit: 1_000, notes: [disputed]),
        arm("Neoverse V1", [0xd40], skidLimit: 1_000, notes: [disputed]),
        arm("Neoverse V2", [0xd4f], skidLimit: 1_000, notes: [disputed]),
        arm("Neoverse V3", [0xd83, 0xd84], skidLimit: 1_000, notes: [disputed]),
        arm("Cortex-A76", [0xd0b], skidLimit: 10_000, notes: [disputed]),
        arm("Cortex-A77", [0xd0d], skidLimit: 10_000),
        arm("Cortex-A78", [0xd41, 0xd4b], skidLimit: 10_000),
        arm("Cortex-A710", [0xd47], provenance: "\(linuxEvents), cortex-a710"),
        arm("Cortex-A715", [0xd4d], provenance: architectural),
        arm("Cortex-A720", [0xd81], skidLimit: 1_000),
        arm("Cortex-A720AE", [0xd89], provenance: architectural),
        arm("Cortex-A725", [0xd87], provenance: architectural),
        arm("Cortex-X1", [0xd44, 0xd4c], skidLimit: 10_000),
        arm("Cortex-X2", [0xd48], provenance: "\(linuxEvents), cortex-x2"),
        arm("Cortex-X3", [0xd4e], provenance: architectural),
        arm("Cortex-X4", [0xd82], provenance: architectural),
        arm("Cortex-X925", [0xd85], provenance: architectural),
        arm("Qualcomm Kryo Gold", implementer: 0x51, [0x804], skidLimit: 10_000),
        arm("Qualcomm Oryon", implementer: 0x51, [0x001], skidLimit: 10_000),
        arm("AmpereOne", implementer: 0xc0, [0xac3], skidLimit: 1_000),
        arm("AmpereOne-A", implementer: 0xc0, [0xac4], provenance: "\(linuxEvents), ampereonex"),
        arm(
            "Nvidia Olympus", implementer: 0x4e, [0x010], provenance: "\(linuxEvents), nvidia/t410",
            notes: [notTakenToo]),
        arm(
            "Apple M1 and M2", implementer: 0x61,
            [0x22, 0x23, 0x24, 0x25, 0x28, 0x29, 0x32, 0x33, 0x34, 0x35, 0x38, 0x39],
            config: 0x90, event: "INST_BRANCH_TAKEN", skidLimit: 1_000,
            notes: [
                "A guest of KVM has BR_RETIRED (r0021) instead, which is all branches here (drivers/perf/apple_m1_cpu_pmu.c)."
            ]),
        armUnsupported("Cortex-A55, Cortex-A75 and Neoverse E1", [0xd05, 0xd0a, 0xd4a], note: countsISB),
        armUnsupported(
            "Qualcomm Kryo 3xx and 4xx Silver (Cortex-A75, Cortex-A55)", implementer: 0x51, [0x802, 0x803, 0x805],
            note: countsISB),
        armUnsupported(
            "Cortex-A520", [0xd80], note: "This CPU occasionally over-counts branches (rr commit 572d62f4)."),
    ]
}
