/// The matrix: which guests there are, and what truecount has to say in each.
///
/// Freezing rows count the skid in conditional branches (`skidunit=cond`), so that the loss at a PMI is the skid
/// whatever other branches a workload has.
extension GuestRow {
    static let all: [GuestRow] =
        everyMachine + originalHandler + skidsOnIntel + freezingOnIntel + lostAtRandom + periods + busy + wholeOnIntel
        + allBranchesOnArm + throttled + branchStacksOnAMD + hybrid

    /// The rows that `TRUECOUNT_LAB=on` boots: each machine, each kernel, each fault, each kind of row. `TRUECOUNT_LAB=all` boots
    /// every one.
    static let onEachChange: Set<String> = [
        "5.10-v4pmi-on-skid10", "5.10-whole-v4pmi-on", "6.12-freeze-forced-skid100", "6.12-healthy-period2",
        "6.12-freeze-forced-busy", "6.12-lost-pmi7-at-random-seed1-quick", "6.12-whole-lost-pmi50", "newest-induced",
        "newest-whole-healthy", "6.1-no-pmu", "6.1-throttled",
        "amd-zen3-5.10-freeze-not-asked", "amd-zen3-6.12-healthy-skid0to40", "amd-zen3-6.12-spurious100000",
        "arm-n1-6.1-freeze-not-asked", "arm-n1-6.12-all-branches-healthy", "arm-n1-6.12-whole-healthy",
        "arm-n1-newest-no-pmu",
        "amd-zen4-6.1-induced", "amd-zen4-6.12-drop13", "amd-zen4-6.12-surplus7", "amd-zen4-newest-whole-healthy",
        "amd-zen4-newest-throttled", "amd-zen4-6.12-branch-stack-counters",
        "intel-hybrid-6.12-whole-all-cpus-healthy", "intel-hybrid-6.12-atom-counts-core-event",
        "intel-hybrid-newest-core-counts-all-branches",
    ]

    /// The fault of 2018, by the kernel's own handler: 5.10 still has it and, asked by `perf_v4_pmi=1`, sets
    /// DEBUGCTL.FREEZE_PERFMON_ON_PMI itself (arch/x86/events/intel/core.c, `intel_pmu_handle_irq_v4`).
    static let originalHandler: [GuestRow] =
        [
            GuestRow(
                kernel: .v5_10, name: "v4pmi-off", pmu: "freeze=overflow,skidunit=cond",
                kernelArguments: "perf_v4_pmi=0", expected: .accurate),
            GuestRow(
                kernel: .v5_10, name: "v4pmi-on-freeze-at-delivery", pmu: "freeze=delivery",
                kernelArguments: "perf_v4_pmi=1", arguments: ["--quick"], expected: .accurate),
        ]
        + skids.map { skid in
            GuestRow(
                kernel: .v5_10, name: "v4pmi-on-skid\(skid)", pmu: "freeze=overflow,skidunit=cond,skid=\(skid)",
                kernelArguments: "perf_v4_pmi=1", arguments: skid == 10 ? [] : ["--quick"],
                expected: skid == 0 ? .accurate : .freeze(losing: skid))
        }

    static let skids: [Int64] = [0, 1, 10, 37, 100]

    static let skidsOnIntel: [GuestRow] =
        skids.map { skid in
            GuestRow(
                kernel: .v6_12, name: "healthy-skid\(skid)", pmu: "skidunit=cond,skid=\(skid)",
                arguments: ["--quick"], expected: .accurate(skid: 0...skid))
        }
        + [
            GuestRow(kernel: .v6_12, name: "healthy-v3", pmu: "version=3", arguments: ["--quick"], expected: .accurate),
            GuestRow(
                kernel: .v6_12, name: "healthy-full-width", pmu: "fullwidth=1", arguments: ["--quick"],
                expected: .accurate),
        ]

    static let freezingOnIntel: [GuestRow] =
        [.v6_1, .newest].map { (kernel: KernelLine) in
            GuestRow(
                kernel: kernel, name: "freeze-forced-skid10", pmu: "freeze=overflow,force_freeze=1,skidunit=cond",
                expected: .freeze(losing: 10))
        }
        + skids.filter { $0 != 10 }.map { skid in
            GuestRow(
                kernel: .v6_12, name: "freeze-forced-skid\(skid)",
                pmu: "freeze=overflow,force_freeze=1,skidunit=cond,skid=\(skid)", arguments: ["--quick"],
                expected: skid == 0 ? .accurate : .freeze(losing: skid))
        }
        + [
            // Before version 4 a freeze clears GLOBAL_CTRL (SDM 3B, "Freezing LBR and Performance Counters on PMI").
            GuestRow(
                kernel: .v6_12, name: "freeze-forced-v3",
                pmu: "freeze=overflow,force_freeze=1,skidunit=cond,version=3", arguments: ["--quick"],
                expected: .freeze(losing: 10))
        ]

    static let lostAtRandom: [GuestRow] =
        [
            GuestRow(
                kernel: .v6_12, name: "lost-pmi-at-random", pmu: "lostpmi=50,lostrandom=1,seed=3", expected: .lostPMIs)
        ]
        + [1, 2, 3].flatMap { (seed: Int) in
            [["--quick"], []].map { arguments in
                GuestRow(
                    kernel: .v6_12, name: "lost-pmi7-at-random-seed\(seed)\(arguments.isEmpty ? "" : "-quick")",
                    pmu: "lostpmi=7,lostrandom=1,skid=5-40,seed=\(seed)", arguments: arguments, expected: .lostPMIs)
            }
        }

    /// From the smallest period that the kernel accepts: x86 raises a period of 1 to 2 (`x86_perf_event_set_period`). Below
    /// four skids two overflows may share a PMI, so PMIs cannot be counted, and the verdict stays open.
    static let periods: [GuestRow] =
        [2, 31, 97, 1000, 10_000, 100_000, 1_000_000, 10_000_000].map { (period: Int) in
            GuestRow(
                kernel: .v6_12, name: "healthy-period\(period)", pmu: "skidunit=cond",
                arguments: ["--quick", "--period", String(period)],
                expected: period < 400 ? .openPMICount : .accurate)
        }
        + [1000, 10_000_000].map { (period: Int) in
            GuestRow(
                kernel: .v6_12, name: "freeze-forced-period\(period)",
                pmu: "freeze=overflow,force_freeze=1,skidunit=cond",
                arguments: ["--quick", "--period", String(period)], expected: .freeze(losing: 10))
        }

    static let busy: [GuestRow] = [
        GuestRow(kernel: .v6_12, name: "healthy-busy", virtualCPUs: 2, busyLoops: 2, expected: .accurate),
        GuestRow(
            kernel: .v6_12, name: "freeze-forced-busy", pmu: "freeze=overflow,force_freeze=1,skidunit=cond",
            virtualCPUs: 2, busyLoops: 2, arguments: ["--quick"], expected: .freeze(losing: 10)),
        GuestRow(
            kernel: .v6_12, name: "healthy-second-cpu", virtualCPUs: 2, arguments: ["--quick", "--cpu", "1"],
            expected: .accurate),
    ]

    /// A throttled event that is moved to another counter, on the drivers that share arch/x86/events/core.c: commit f1cac6ac62d2
    /// is in the newest kernel alone.
    static let throttled: [GuestRow] = [.intel, .amdZen3, .amdZen4].flatMap { (machine: GuestMachine) in
        machine.kernels.map { kernel in
            GuestRow(
                machine: machine, kernel: kernel, name: "throttled", kernelArguments: "LAB_SAMPLE_RATE=1000",
                virtualCPUs: 2, probes: .throttling,
                expected: kernel == .newest
                    ? Expectation(verdict: "accurate", exitCode: 0) : .faulty("throttle-jump"))
        }
    }

    /// BR_RETIRED counts taken branches in the other rows of Arm.
    static let allBranchesOnArm: [GuestRow] = [
        GuestRow(
            machine: .armN1, kernel: .v6_12, name: "all-branches-healthy", pmu: "branches=all,skid=0-40,seed=5",
            arguments: ["--quick"], expected: .accurate),
        GuestRow(
            machine: .armN1, kernel: .v6_12, name: "all-branches-drop13", pmu: "branches=all,drop=13,skid=10",
            arguments: ["--quick"],
            expected: .faulty("pmi-drop", loss: LossPerPMI(typical: 13, allowed: 3...23), bystander: .exact)),
        whole(on: .armN1, .v6_12, "all-branches-healthy", pmu: "branches=all,skid=0-40,seed=3", .accurate),
    ]

    /// DebugCtl bit 11 freezes the branch stack at a PMI; as a fault, the counters with it.
    static let branchStacksOnAMD: [GuestRow] = [
        GuestRow(
            machine: .amdZen4, kernel: .v6_12, name: "branch-stack-stack",
            pmu: "lbrfreeze=stack,freeze=overflow,skidunit=cond", arguments: ["--probe", "branch-stack"],
            expected: .accurate),
        GuestRow(
            machine: .amdZen4, kernel: .v6_12, name: "branch-stack-counters",
            pmu: "lbrfreeze=counters,freeze=overflow,skidunit=cond", arguments: ["--probe", "branch-stack"],
            expected: .freeze(losing: 10)),
    ]

    /// Retired conditional branches are 0xC4/0x11 on the P core and 0xC4/0x7E on the E core; each counts nothing on the other.
    static let hybrid: [GuestRow] =
        [.v6_1, .v6_12, .newest].map { (kernel: KernelLine) in
            whole(
                on: .intelHybrid, kernel, "atom-healthy", pmu: "skid=0-40,seed=3", arguments: ["--cpu", "1"], .accurate)
        }
        + [
            whole(
                on: .intelHybrid, .v6_12, "all-cpus-healthy", pmu: "skid=0-40,seed=3", arguments: ["--cpu", "all"],
                .accurate),
            whole(
                on: .intelHybrid, .v6_12, "atom-freeze-forced", pmu: "freeze=overflow,force_freeze=1,skidunit=cond",
                arguments: ["--cpu", "1"], .freeze(losing: 10)),
            GuestRow(
                machine: .intelHybrid, kernel: .v6_12, name: "atom-counts-core-event", virtualCPUs: 2,
                arguments: ["--quick", "--cpu", "1", "--event", "cpu_atom/event=0xc4,umask=0x11/"], probes: .event,
                expected: .faulty("dead-counter")),
            GuestRow(
                machine: .intelHybrid, kernel: .newest, name: "core-counts-all-branches", virtualCPUs: 2,
                arguments: ["--quick", "--event", "cpu_core/event=0xc4,umask=0x00/"], probes: .event,
                expected: .faulty("wrong-event")),
        ]

    static let wholeOnIntel: [GuestRow] = [
        whole(.v5_10, "v4pmi-off", pmu: "freeze=overflow", append: "perf_v4_pmi=0", .accurate),
        whole(.v5_10, "v4pmi-on", pmu: "freeze=overflow,skidunit=cond", append: "perf_v4_pmi=1", .freeze(losing: 10)),
        whole(
            .newest, "induced", pmu: "freeze=overflow,skidunit=cond", arguments: ["--induce", "freeze-on-pmi"],
            .freeze(losing: 10)),
    ]
}
