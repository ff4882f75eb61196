// Presets whose fault is the PMI's, or that have none.
extension Preset {
    static let healthy: [Preset] = [
        Preset(
            "healthy-skylake", "counts every branch; the interrupt comes 5 to 39 branches late",
            source: "50,000 skids measured on an i5-8400 with Linux 6.8: 39 at most", fault: nil
        ) {
            $0.skid = .uniform(low: 5, high: 39)
        },
        Preset(
            "healthy-alder-lake", "counts every branch; skids up to rr's 125",
            source: "rr src/PerfCounters.cc, skid limit of Alder Lake", fault: nil
        ) {
            $0.skid = .uniform(low: 5, high: 110)
            $0.counters = 8
        },
        Preset(
            "healthy-zen2", "counts every branch; skids of 1,496 on average, 5,043 at most",
            source: "10^6 skids measured on a Zen 2", fault: nil
        ) {
            $0.skid = .longTailed(mean: 1496, largest: 5043)
            $0.counters = 6
        },
        Preset(
            "healthy-zen4", "counts every branch, beside branch stacks too: those freeze by themselves",
            source: "APM vol. 2, 13.1.1.6, FLBRI; kernel commit 598c2fafc06f", fault: nil
        ) {
            $0.skid = .longTailed(mean: 1496, largest: 5043)
            $0.counters = 6
        },
        Preset(
            "neoverse-taken", "BR_RETIRED counts taken branches alone, every one of them",
            source: "rr src/PerfCounters.cc, Neoverse N1", fault: nil
        ) { $0.countAsArm(.taken) },
        Preset(
            "neoverse-all", "BR_RETIRED counts branches taken or not, every one of them",
            source: "Linux tools/perf/pmu-events/arch/arm64, neoverse-n1", fault: nil
        ) {
            $0.countAsArm(.allBranches)
        },
        Preset(
            "freeze-at-delivery", "freezes when the interrupt is taken, not at the overflow: nothing is lost",
            source: "Zijlstra, 10 Nov 2020, on removing the freeze", fault: nil
        ) {
            $0.skid = .uniform(low: 5, high: 39)
            $0.freeze = .delivery
        },
        Preset(
            "knl-two-counters",
            "two counters, like Knights Landing: enough for an event and a sampler, not for a third event",
            source: "row 14, rr issue 1957", fault: nil
        ) {
            $0.counters = 2
        },
        Preset(
            "haswell-min-period", "refuses periods below 32, which is no miscount",
            source: "row 16, rr issue 3848", fault: nil
        ) { $0.minimumPeriod = 32 },
    ]

    static let onArm: [Preset] =
        [("taken", .taken), ("all", .allBranches)].flatMap(onArm) + [
            Preset(
                "neoverse-conditional", "BR_RETIRED counts conditional branches: neither taken ones nor all",
                source: "docs/faults.md, wrong-event", fault: "wrong-event"
            ) {
                $0.countAsArm(.conditional)
            }
        ]

    /// Each fault on a CPU whose BR_RETIRED counts this.
    private static func onArm(_ name: String, _ selection: SimulatedModel.Selection) -> [Preset] {
        [
            Preset(
                "neoverse-\(name)-drop", "counts \(name) branches, and the overflowing counter misses 3 at each PMI",
                source: "docs/faults.md, pmi-drop", fault: "pmi-drop"
            ) {
                $0.countAsArm(selection)
                $0.drop = 3
            },
            Preset(
                "neoverse-\(name)-freeze", "counts \(name) branches, and freezes at the overflow",
                source: "ARM ARM, PMCR_EL0.FZO", fault: "freeze-on-pmi"
            ) {
                $0.countAsArm(selection)
                $0.freeze = .overflow
            },
        ]
    }

    static let freezing: [Preset] = [
        Preset(
            "skylake-4.20", "freezes at the overflow: every counter loses 10 branches at each PMI",
            source: "row 1, kernel commit af3bdb991a5c", fault: "freeze-on-pmi"
        ) {
            $0.freeze = .overflow
        },
        Preset(
            "skylake-5.10-perf-v4-pmi",
            "freezes at the overflow, with skids of 5 to 39; some end in the kernel and lose less",
            source: "row 1, perf_v4_pmi=1", fault: "freeze-on-pmi"
        ) {
            $0.freeze = .overflow
            $0.skid = .uniform(low: 5, high: 39)
            $0.skidInKernelOneIn = 200
        },
        Preset(
            "induced-freeze", "bit 12 of IA32_DEBUGCTL set by the msr driver on a later kernel",
            source: "SDM vol. 3, IA32_DEBUGCTL, FREEZE_PERFMON_ON_PMI", fault: "freeze-on-pmi"
        ) {
            $0.freeze = .overflow
            $0.skid = .uniform(low: 5, high: 20)
            $0.skidInKernelOneIn = 50
        },
    ]

    static let countingAtPMIs: [Preset] = [
        Preset(
            "sampler-drop", "the counter that overflows loses 3 branches at each PMI, a bystander none",
            source: "the lab's drop=", fault: "pmi-drop"
        ) { $0.drop = 3 },
        Preset(
            "rare-drop", "the counter that overflows loses 3 branches at one PMI in 50", source: "the lab's drop=",
            fault: "pmi-drop"
        ) {
            $0.drop = 3
            $0.dropOneIn = 50
        },
        Preset(
            "xen-pmi-overcount", "the counter that overflows gains a branch at each PMI",
            source: "row 11, rr check_for_xen_pmi_bug", fault: "pmi-surplus"
        ) { $0.surplus = 1 },
        Preset(
            "throttled-laptop", "the kernel has lowered the sample rate and stops samplers until the next tick",
            source: "row 29", fault: "throttled"
        ) {
            $0.maxSampleRate = 2_000
            $0.ticksPerSecond = 1000
        },
        Preset(
            "full-ring", "one sample in 20 finds the ring buffer full", source: "perf_event_open(2), PERF_RECORD_LOST",
            fault: "records-lost"
        ) { $0.lostRecordOneIn = 20 },
    ]

    static let losingPMIs: [Preset] = [
        Preset(
            "lost-pmi", "every 20th PMI never comes; the counter runs on from 0 until it is reloaded",
            source: "the lab's lostpmi=", fault: "lost-pmi"
        ) { $0.lostPMIOneIn = 20 },
        Preset("lost-pmi-single", "one PMI in 20 never comes, the next one does", source: "row 34", fault: "lost-pmi") {
            $0.lostPMIOneIn = 20
            $0.lostPMIIsRandom = true
            $0.afterLostPMI = .single
        },
        Preset(
            "linux-4.12-kernel-skid", "a PMI is dropped if its skid ends in the kernel",
            source: "row 34, kernel commit cc1582c231ea", fault: "lost-pmi"
        ) {
            $0.losesPMIsInKernel = true
            $0.afterLostPMI = .single
        },
        Preset("apple-m2-no-pmi", "counts right but never interrupts", source: "row 22", fault: "lost-pmi") {
            $0.lostPMIOneIn = 1
        },
        Preset(
            "zen-late-pmi", "one PMI in 100 comes 3,700 to 18,000 branches beyond rr's limit of 10,000",
            source: "row 4, rr issue 2720", fault: "late-pmi"
        ) {
            $0.skid = .longTailed(mean: 1496, largest: 5043)
            $0.latePMIOneIn = 100
            $0.latePMIBy = CountRange(13_700, 28_000)
            $0.counters = 6
        },
        Preset(
            "westmere-late-pmi", "one PMI in 50 comes 1,925 branches beyond rr's limit",
            source: "row 15, rr issue 2615", fault: "late-pmi"
        ) {
            $0.latePMIOneIn = 50
            $0.latePMIBy = CountRange(1_925, 1_925)
        },
        Preset(
            "duplicate-pmi", "one PMI in 30 is taken twice",
            source: "arch/x86/events/amd/core.c, amd_pmu_adjust_nmi_window", fault: "duplicate-pmi"
        ) { $0.duplicatePMIOneIn = 30 },
    ]
}

extension SimulatedModel {
    /// Neoverse N1: six counters, and BR_RETIRED, whatever it counts.
    fileprivate mutating func countAsArm(_ selection: Selection) {
        skid = .uniform(low: 5, high: 39)
        counters = 6
        isArmBranchEvent = true
        self.selection = selection
    }
}
