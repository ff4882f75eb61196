// Presets whose fault needs no PMI, and those whose fault shows under a condition only.
extension Preset {
    static let withoutPMIs: [Preset] = [
        Preset(
            "zen-speclockmap", "one locked instruction in 16 adds 2 to 4 branches",
            source: "row 3, rr issue 2034", fault: "lock-surplus"
        ) {
            $0.skid = .longTailed(mean: 1496, largest: 5043)
            $0.lockSurplus = CountRange(2, 4)
            $0.counters = 6
        },
        Preset(
            "zen-erratum-1292", "one count in 100,000 is counted twice", source: "row 5, AMD erratum 1292",
            fault: "inexact-uninterrupted"
        ) {
            $0.skid = .longTailed(mean: 1496, largest: 5043)
            $0.spuriousOneIn = 100_000
            $0.counters = 6
        },
        Preset(
            "comet-lake-smi", "firmware branches are counted at SMIs; MSR_SMI_COUNT shows when",
            source: "row 2, rr issue 3045", fault: "smi-surplus"
        ) {
            $0.smisPerSecond = 20
            $0.smiSurplus = CountRange(500, 60_000)
        },
        Preset(
            "comet-lake-smi-unreadable", "firmware branches are counted at SMIs; MSR_SMI_COUNT cannot be read",
            source: "row 2, rr issue 3076",
            fault: "inexact-uninterrupted"
        ) {
            $0.smisPerSecond = 20
            $0.smiSurplus = CountRange(500, 60_000)
            $0.smiCountIsReadable = false
        },
        Preset(
            "piledriver-interrupt-leak", "each interrupt is counted as a branch", source: "row 26, rr issue 1552",
            fault: "kernel-leak"
        ) {
            $0.interruptLeak = 1
            $0.skid = .uniform(low: 20, high: 200)
        },
        Preset(
            "zen2-taken-interrupt-leak", "counts taken branches (0xc4), and each interrupt as well",
            source: "row 27", fault: "wrong-event"
        ) {
            $0.selection = .taken
            $0.interruptLeak = 1
            $0.skid = .longTailed(mean: 1496, largest: 5043)
        },
        Preset(
            "system-call-leak", "a branch of the kernel is counted at each system call and page fault",
            source: "perf_event_open(2), exclude_kernel", fault: "kernel-leak"
        ) { $0.kernelLeak = 1 },
        Preset(
            "silvermont-plus-one", "one run in 3 counts a branch too many", source: "row 15, rr issue 2448",
            fault: "inexact-uninterrupted"
        ) {
            $0.runSurplus = 1
            $0.runSurplusOneIn = 3
        },
        Preset(
            "asahi-off-by-one", "one count in 28.6 million is counted twice", source: "row 21, rr issue 3649",
            fault: "inexact-uninterrupted"
        ) { $0.spuriousOneIn = 28_600_000 },
        Preset(
            "lossy-context-switch", "each context switch loses 2 branches",
            source: "docs/faults.md, context-switch-loss",
            fault: "context-switch-loss"
        ) {
            $0.switchesPerSecond = 500
            $0.lossPerSwitch = 2
        },
    ]

    static let notCounting: [Preset] = [
        Preset(
            "ice-lake-wrong-umask", "COND_TAKEN instead of COND: only taken branches are counted", source: "row 19",
            fault: "wrong-event"
        ) { $0.selection = .takenConditional },
        Preset(
            "ice-lake-old-encoding", "r01c4 instead of r11c4: counts 11 of 500", source: "row 19, rr issue 2610",
            fault: "wrong-event"
        ) { $0.countedPerMille = 22 },
        Preset(
            "arrow-lake-old-kernel", "a kernel before 6.11 drops umask2: counts 34 of 500",
            source: "row 18, rr issue 3935",
            fault: "wrong-event"
        ) { $0.countedPerMille = 68 },
        Preset(
            "all-branches-event", "calls, returns and jumps are counted as well", source: "row 28", fault: "wrong-event"
        ) { $0.selection = .allBranches },
        Preset(
            "alder-lake-wrong-core", "one core type's event on a core of the other type: counts 0",
            source: "row 17, rr issue 3338", fault: "dead-counter"
        ) { $0.selection = .nothing },
        Preset(
            "aws-i3-architectural", "only architectural events exist: the RCB event opens but reads 0",
            source: "brendangregg/pmc-cloud-tools, AWS i3.16xlarge", fault: "dead-counter"
        ) { $0.selection = .nothing },
        Preset(
            "nmi-watchdog-two-counters", "two counters, one held by the NMI watchdog", source: "rows 13 and 14",
            fault: "starved-counter"
        ) {
            $0.counters = 2
            $0.takenCounters = 1
        },
        Preset(
            "pinned-starved", "another user sometimes takes a pinned event's counter",
            source: "row 13, rr issue 2421", fault: "starved-counter"
        ) { $0.starvedOneIn = 50 },
        Preset(
            "multiplexed", "events are not pinned and share one counter", source: "perf_event_open(2), time_running",
            fault: "multiplexed"
        ) {
            $0.counters = 1
            $0.isPinned = false
        },
    ]

    static let virtual: [Preset] = [
        Preset(
            "kvm-host-exhausted", "the host is out of counters: 395 counted, with healthy times",
            source: "row 12", fault: "dead-counter"
        ) { $0.hostExhaustedOneIn = 1 },
        Preset(
            "kvm-host-contended", "the host is out of counters in one run of 10", source: "row 12",
            fault: "dead-counter"
        ) {
            $0.hostExhaustedOneIn = 10
        },
        Preset("kvm-txcp-garbage", "reads 2^31 - 1 too much", source: "row 7, rr issue 2202", fault: "count-offset") {
            $0.offset = (1 << 31) - 1
        },
        Preset(
            "parallels-2-31", "one reading in 4 is 2^31 too high", source: "row 8, rr issue 1818", fault: "count-offset"
        ) {
            $0.offset = 1 << 31
            $0.offsetOneIn = 4
        },
        Preset(
            "offset-2-48", "one reading in 4 is 2^48 too high", source: "docs/faults.md, count-offset",
            fault: "count-offset"
        ) {
            $0.offset = 1 << 48
            $0.offsetOneIn = 4
        },
        Preset(
            "vmware-cpuid", "a branch is lost between every two CPUIDs", source: "row 9, rr CPUIDBugDetector",
            fault: "cpuid-loss"
        ) { $0.lossPerCPUIDPair = 1 },
        Preset(
            "vmware-second-counter", "the second of two events counts nothing", source: "row 10, rr issue 1972",
            fault: "dead-counter"
        ) { $0.secondCounterIsDead = true },
    ]

    static let conditional: [Preset] = [
        Preset(
            "zen4-lbr-freezes-counters", "a PMI that takes a branch stack stops the counters for the skid, too",
            source: "APM vol. 2, 13.1.1.6: bit 11 is to freeze the stack alone", fault: "freeze-on-pmi",
            needs: "branch stacks"
        ) {
            $0.skid = .longTailed(mean: 1496, largest: 5043)
            $0.counters = 6
            $0.branchStackLoss = 1_496
        },
        Preset(
            "throttled-and-moved",
            "a throttled sampler that is moved gains 2^48 - 2^31: its new counter was never loaded",
            source: "row 36, kernel commit f1cac6ac62d2", fault: "throttle-jump",
            needs: "a throttled sampler that is moved"
        ) { $0.throttleJump = 1 << 48 - 1 << 31 },
        Preset(
            "kvm-txcp", "a checkpointed event loses 59,982 branches when it is enabled again",
            source: "row 6, rr issue 1952", fault: "checkpoint-loss", needs: "a checkpointed event"
        ) { $0.checkpointLoss = 59_982 },
        Preset(
            "graviton2-migration", "an overflow during a migration is lost: the interrupt comes at twice the period",
            source: "row 20, rr issue 3607", fault: "migration-loss", needs: "migration between CPUs"
        ) { $0.migrationLosesOverflowOneIn = 3 },
        Preset(
            "old-ioc-period", "a new period takes effect only after the next overflow",
            source: "rr check_for_ioc_period_bug", fault: "period-ignored", needs: "a change of the period"
        ) { $0.ignoresPeriodChange = true },
        Preset(
            "panther-cove-rdpmc", "rdpmc is disabled in user space and gives 0, which is no fault",
            source: "kernel commit 59af95e028d4", fault: nil
        ) { $0.rdpmcIsDisabled = true },
        Preset(
            "linux-6.16-group", "a throttled event stops the counters in its group, which is no fault",
            source: "kernel commit 9734e25fbf5a", fault: nil
        ) { $0.throttleStopsGroup = true },
        Preset(
            "rdpmc-offset", "rdpmc reads 2^31 more than read(2)", source: "perf_event_tests, rdpmc",
            fault: "rdpmc-disagrees", needs: "rdpmc"
        ) { $0.rdpmcOffset = 1 << 31 },
        Preset(
            "signal-leak", "a branch of the kernel is counted at each signal",
            source: "perf_event_open(2), exclude_kernel",
            fault: "kernel-leak", needs: "signals"
        ) { $0.signalLeak = 1 },
    ]
}
