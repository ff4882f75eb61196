extension ModelParameter {
    /// Every parameter, in the order in which lists show them. Rows are those of the catalogue in docs/faults.md.
    public static let all: [ModelParameter] =
        machine + selection + atEachPMI + interrupts + besidePMIs + counting + conditions

    static func named(_ key: some StringProtocol) -> ModelParameter? { all.first { $0.key == key } }

    private static let machine: [ModelParameter] = [
        .number("rate", \.branchesPerSecond, 1_000...100_000_000_000, "branches retired per second of simulated time"),
        .number(
            "width", \.counterWidth, 16...63,
            "bits of a counter; a period has one bit less (arch/x86/events/core.c, max_period)"),
        .skid("skid", "branches retired between an overflow and its PMI"),
        .number(
            "kernel-branches", \.kernelBranchesPerEntry, 0...1_000_000,
            "kernel branches of a system call or page fault; they use up a skid without a user branch being lost"),
        .oneIn(
            "kernel-one-in", \.skidInKernelOneIn, "one in N skids ends partly in the kernel, by an interrupt"),
        .number("counters", \.counters, 0...64, "general-purpose counters (row 14)"),
        .number(
            "taken-counters", \.takenCounters, 0...64,
            "of these, held by other users: NMI watchdog, another perf (row 13)"),
        .flag(
            "pinned", \.isPinned, "whether events are pinned: without a counter they fail, and are not multiplexed"),
        .number("min-period", \.minimumPeriod, 1...1_000_000, "shortest period that the kernel accepts (row 16)"),
        .number(
            "sample-rate", \.maxSampleRate, 1...1_000_000_000,
            "perf_event_max_sample_rate, which the kernel lowers by itself (row 29)"),
        .number(
            "hz", \.ticksPerSecond, 100...1000,
            "timer ticks per second: a throttled event is stopped until the next one"),
    ]

    private static let selection: [ModelParameter] = [
        .choice(
            "counts", \.selection,
            "what the event really counts: wrong umask, wrong core type, dead counter (rows 10, 17, 19)"),
        .flag(
            "arm-event", \.isArmBranchEvent,
            "the event is Arm's BR_RETIRED: taken branches and all are right, and one run finds out which"),
        .number(
            "counted-per-mille", \.countedPerMille, 0...1000,
            "share of the event that is counted, in thousandths (rows 18, 19)"),
    ]

    private static let atEachPMI: [ModelParameter] = [
        .choice("freeze", \.freeze, "when every counter stops for a PMI (row 1); at delivery nothing is lost"),
        .oneIn("freeze-one-in", \.freezeOneIn, "one in N overflows freezes"),
        .number("drop", \.drop, 0...1_000_000, "branches after an overflow that the overflowing counter misses"),
        .oneIn("drop-one-in", \.dropOneIn, "one in N overflows drops"),
        .number(
            "surplus", \.surplus, 0...1_000_000, "branches that the overflowing counter gains at an overflow (row 11)"),
        .oneIn("surplus-one-in", \.surplusOneIn, "one in N overflows gains"),
    ]

    private static let interrupts: [ModelParameter] = [
        .oneIn("lost-pmi", \.lostPMIOneIn, "every Nth PMI never comes (rows 20, 22, 34)"),
        .flag("lost-pmi-random", \.lostPMIIsRandom, "lose PMIs at random, one in N, instead of every Nth"),
        .choice("after-lost-pmi", \.afterLostPMI, "whether the counter interrupts again only once it is reloaded"),
        .flag("lost-pmi-in-kernel", \.losesPMIsInKernel, "a PMI is dropped if its skid ends in the kernel (row 34)"),
        .oneIn("late-pmi", \.latePMIOneIn, "one in N PMIs is late (row 4)"),
        .range("late-by", \.latePMIBy, upTo: 1_000_000, "branches by which it is late, beyond its skid"),
        .oneIn("duplicate-pmi", \.duplicatePMIOneIn, "one in N PMIs is taken twice"),
        .oneIn("lost-record", \.lostRecordOneIn, "one in N samples finds the ring buffer full"),
    ]

    private static let besidePMIs: [ModelParameter] = [
        .number("smi-rate", \.smisPerSecond, 0...1_000_000, "system management interrupts (SMIs) per second (row 2)"),
        .range("smi-size", \.smiSurplus, upTo: 1_000_000_000, "branches that each SMI adds to every counter"),
        .flag("smi-readable", \.smiCountIsReadable, "whether MSR_SMI_COUNT can be read"),
        .range("lock-surplus", \.lockSurplus, upTo: 1_000, "branches gained around a locked instruction (row 3)"),
        .oneIn("lock-one-in", \.lockSurplusOneIn, "one in N locked instructions gains"),
        .number("cpuid-loss", \.lossPerCPUIDPair, 0...100, "branches lost between two CPUIDs (row 9)"),
        .number(
            "kernel-leak", \.kernelLeak, 0...1_000_000, "kernel branches counted at each system call and page fault"),
        .number("interrupt-leak", \.interruptLeak, 0...1_000, "branches gained at each tick and PMI (rows 26, 27)"),
        .oneIn(
            "spurious", \.spuriousOneIn, "one in N counts is counted twice, on each counter independently (row 5)"),
        .number("run-surplus", \.runSurplus, 0...1_000_000, "branches gained when a counter is enabled (row 15)"),
        .oneIn("run-surplus-one-in", \.runSurplusOneIn, "one in N runs gains them"),
        .number("offset", \.offset, 0...(1 << 62), "added to every reading (rows 7, 8)"),
        .oneIn("offset-one-in", \.offsetOneIn, "one in N runs has the offset"),
        .number("switch-rate", \.switchesPerSecond, 0...1_000_000, "context switches per second"),
        .number("switch-loss", \.lossPerSwitch, 0...1_000_000, "branches lost at each context switch"),
    ]

    private static let counting: [ModelParameter] = [
        .oneIn("host-one-in", \.hostExhaustedOneIn, "one in N runs finds the host out of counters (row 12)"),
        .number("host-counts", \.hostExhaustedCounts, 0...1_000_000_000, "what such a run counts, with healthy times"),
        .flag("second-counter-dead", \.secondCounterIsDead, "the second of two events counts nothing (row 10)"),
        .oneIn(
            "starved", \.starvedOneIn,
            "in one of N runs a pinned event loses its counter, and reads as end of file (row 13)"),
    ]

    /// What shows only while something else is done besides counting.
    private static let conditions: [ModelParameter] = [
        .number(
            "checkpoint-loss", \.checkpointLoss, 0...1_000_000_000, "branches that a checkpointed event loses (row 6)"),
        .oneIn(
            "migration-loss", \.migrationLosesOverflowOneIn, "one in N migrations loses the overflow (row 20)"),
        .flag(
            "period-ignored", \.ignoresPeriodChange,
            "a new period takes effect only after the next overflow (rr's IOC_PERIOD check)"),
        .number("rdpmc-offset", \.rdpmcOffset, 0...(1 << 62), "what rdpmc reads beyond read(2)"),
        .flag("rdpmc-disabled", \.rdpmcIsDisabled, "rdpmc gives 0 in user space (kernel commit 59af95e028d4)"),
        .number("signal-leak", \.signalLeak, 0...1_000, "kernel branches counted at each signal (perf_event_open(2))"),
        .number(
            "branch-stack-loss", \.branchStackLoss, 0...1_000_000,
            "branches that every counter loses at a PMI that takes a branch stack (kernel commit 598c2fafc06f)"),
        .number(
            "precise-drop", \.preciseDrop, 0...1_000_000, "branches that a precise sampler's own counter loses at a PMI"
        ),
        .number("precise-levels", \.preciseLevels, 0...3, "levels of precise_ip that are not refused"),
        .number("count-bits", \.countBits, 0...63, "bits of a count that reach the reader; 0 is all (row 8)"),
        .number(
            "throttle-jump", \.throttleJump, 0...(1 << 48),
            "counts that a throttled sampler gains when it is moved to another counter (row 36)"),
        .flag(
            "throttle-group", \.throttleStopsGroup,
            "a throttled event stops the counters in its group (Linux 6.16, kernel commit 9734e25fbf5a)"),
    ]
}
