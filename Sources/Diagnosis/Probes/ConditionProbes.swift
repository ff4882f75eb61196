import Measurement

// What shows under a condition only: each probe makes a few short runs of its own, sized by the same calibration as the
// four arms. What was asked besides the arms makes no verdict inconclusive.
extension Probe {
    static let underConditions: [Probe] = [
        lockedInstructions, signalDelivery, sharedCPU, migration, antagonist, branchStack, preciseLevels,
        checkpointedEvent, userSpaceRead, periodChange, smallestPeriod, samplingRate, throttling, groupThrottling,
        freeCounters, largeCounts,
        recordAndReplay,
    ]

    /// A probe whose runs are those under one condition.
    ///
    /// - Parameter happened: how often what the condition is about came about in a run; where it never did, the runs say
    ///   nothing. Nil where the condition is there by itself.
    static func under(
        _ condition: Condition.Kind, id: String, question: VendorText, title: VendorText,
        omission: @escaping @Sendable (Schedule) -> String? = { _ in nil },
        plans: @escaping @Sendable (Schedule, Int, inout SeededGenerator) -> [RunPlan],
        happened: (what: String, count: @Sendable (RunRecord) -> UInt64)? = nil,
        answer: @escaping @Sendable ([Run]) -> Answer
    ) -> Probe {
        let (what, count) = (happened?.what ?? "", happened?.count)
        return Probe(
            id: id, question: question, title: title, condition: condition, omission: omission, plans: plans,
            runs: { $0.runs(under: condition) },
            answer: { _, runs in
                guard let count else { return answer(runs) }
                let hit = runs.filter { count($0.record) > 0 }
                return hit.isEmpty
                    ? .notMeasured("no \(what) came in \(Figures.counted(UInt64(runs.count), "run"))") : answer(hit)
            })
    }

    /// Question: do locked instructions add to the count? Method: condition many-locked, arm A, at least 100,000 of them: a
    /// single one misses the fault 15 times in 16 (rr issue 2034). Expected: exact. Verdict rule: a surplus is a finding
    /// (lock-surplus; AMD's SpecLockMap).
    static let lockedInstructions = under(
        .manyLocked, id: "locked-instructions", question: "Do 100,000 locked instructions add to the count?",
        title: "locked instructions", omission: \.needsCorePMU,
        plans: { schedule, _, _ in
            guard var run = schedule.run("locked", pmis: 3) else { return [] }
            // 7 locked instructions each on x86-64, 3 pairs of exclusive load and store on aarch64 (locked.S).
            run.iterations = 40_000
            return [plan("locked-instructions", run, .countingAlone, schedule, under: .manyLocked)]
        },
        answer: { .clean("exact: \(Figures.grouped(total($0, Trigger.lockedInstructions.count))) of them") })

    /// Question: do signals leak into user counts? Method: condition signals, arm A: signals are delivered all the time to a
    /// handler without a conditional branch. Expected: exact. Verdict rule: a run in which signals came and that deviates is
    /// a finding (kernel-leak); one without a signal says nothing.
    static let signalDelivery = under(
        .signals, id: "signals", question: "Do signals leak into user counts?", title: "signals",
        plans: { schedule, _, _ in
            schedule.run(milliseconds: 10).map {
                [plan("signals", $0, .countingAlone, schedule, under: .signals)]
            } ?? []
        },
        happened: ("signal", { $0.signals ?? 0 }),
        answer: { runs in .clean("exact: \(Figures.grouped(total(runs) { $0.signals ?? 0 })) signals") })

    /// Question: do counts survive context switches? Method: condition shared-cpu: arms A and D while another process wants the
    /// same CPU, for some time slices of about 4 ms (kernel/sched/fair.c, base_slice_ns). Expected: exact. Verdict rule: a
    /// run that was really switched and deviates is a finding (context-switch-loss); one that was not says nothing.
    static let sharedCPU = under(
        .sharedCPU, id: "context-switches", question: "Do counts survive context switches?", title: "context switches",
        omission: { $0.needsStandard(seconds: "0.5") },
        plans: { schedule, round, _ in
            guard round < 2, var run = schedule.run(milliseconds: 60) else { return [] }
            // Few PMIs, so that a run this long is not throttled.
            if !schedule.sizing.periodsAreFixed { run.period = max(run.period, run.iterations / 20 | 1) }
            return [.countingAlone, .samplerTotal].map {
                plan("context-switches", run, $0, schedule, under: .sharedCPU)
            }
        },
        happened: ("switch", \.involuntarySwitches),
        answer: { .clean("exact over \(Figures.counted(total($0, \.involuntarySwitches), "switch"))") })

    /// Question: does an overflow survive the move to another CPU? Method: condition migration, arm B: at each PMI the program
    /// is moved to another CPU and back. Expected: both totals exact, and one PMI each overflow. Verdict rule: a missing PMI
    /// or count is a finding (migration-loss; Graviton2 loses overflows so, rr issue 3607).
    static let migration = under(
        .migration, id: "migration", question: "Do counts and overflows survive a move to another CPU?",
        title: "migration",
        plans: { schedule, _, _ in
            // Enough moves to meet what is lost at one in three.
            schedule.run(pmis: 20).map { [plan("migration", $0, .besideSameEvent, schedule, under: .migration)] } ?? []
        },
        happened: ("move", \.migrations),
        answer: { .clean("exact over \(Figures.counted(total($0, \.migrations), "move"))") })

    /// Question: do another user's PMIs cost counts? Method: condition antagonist, arm A: nothing of this run's own interrupts,
    /// but a sampler of cycles on the whole CPU does, as the NMI watchdog does at a low rate. Expected: exact. Verdict rule: a
    /// deviation where such PMIs came is a finding; a freeze stops every counter, whoever's the overflow is (SDM vol. 3,
    /// IA32_PERF_GLOBAL_STATUS, CTR_Frz).
    static let antagonist = under(
        .antagonist, id: "antagonist", question: "Do another user's PMIs cost counts?", title: "another user's PMIs",
        omission: { $0.needsStandard(seconds: "0.1") },
        plans: { schedule, _, _ in
            schedule.run(milliseconds: 20).map {
                [plan("antagonist", $0, .countingAlone, schedule, under: .antagonist)]
            } ?? []
        },
        happened: ("PMI of another user", { $0.antagonistPMIs ?? 0 }),
        answer: { runs in .clean("exact over \(Figures.grouped(total(runs) { $0.antagonistPMIs ?? 0 })) PMIs") })

    /// Question: do branch stacks cost counts? Method: condition branch-stack, arm B, the sampler also takes branch stacks (LBR).
    /// For them Linux sets bit 11 of AMD's DebugCtl (FLBRI; amd_pmu_lbr_enable_all(), arch/x86/events/amd/lbr.c), which by
    /// APM vol. 2, 13.1.1.6 freezes the stack and leaves the counters alone. Expected: both totals and the ledger exact.
    /// Verdict rule: a deviation is a finding.
    static let branchStack = under(
        .branchStack, id: "branch-stack",
        question: VendorText(
            "Do branch stacks (LBR) taken at PMIs cost counts?", [.arm: "Do branch stacks taken at PMIs cost counts?"]),
        title: VendorText("LBR branch stacks", [.arm: "branch stacks"]),
        omission: { $0.needsCorePMU ?? $0.needsStandard(seconds: "0.1") },
        plans: { schedule, _, _ in
            schedule.run(pmis: 10).map {
                [plan("branch-stack", $0, .besideSameEvent, schedule, under: .branchStack)]
            } ?? []
        },
        answer: { _ in .clean("exact") })

    /// Question: do precise samples cost counts? Method: condition precise, arm B at `precise_ip` 1 to 3. Expected: both totals
    /// exact at each level that is not refused. The ledger is not asked: a precise sample's registers and its count are not
    /// of the same moment (perf_event_open(2), precise_ip). Verdict rule: a total that deviates is a finding.
    static let preciseLevels = under(
        .precise, id: "precise-sampling", question: "Do precise samples cost counts?", title: "precise sampling",
        omission: { $0.needsCorePMU ?? $0.needsStandard(seconds: "0.1") },
        plans: { schedule, _, _ in
            guard let run = schedule.run(pmis: 10) else { return [] }
            return (1...3).map { plan("precise-sampling", run, .besideSameEvent, schedule, under: .precise, level: $0) }
        },
        answer: { runs in
            let levels = Set(runs.compactMap { $0.record.condition?.level }).sorted().map(String.init)
            return .clean("exact at level \(levels.joined(separator: ", "))")
        })

    /// Question: does a checkpointed event (Intel's IN_TXCP) keep its counts? Method: condition checkpointed, arm A, after the
    /// event was disabled and enabled again (rr check_for_kvm_in_txcp_bug). Expected: exact, or nothing at all where it is
    /// not supported. Verdict rule: a smaller count is a finding (checkpoint-loss).
    static let checkpointedEvent = under(
        .checkpointed, id: "checkpointed", question: "Does a checkpointed event keep its counts?",
        title: "checkpointed event", omission: \.needsCorePMU,
        plans: { schedule, _, _ in
            schedule.run(pmis: 3).map {
                [plan("checkpointed", $0, .countingAlone, schedule, under: .checkpointed)]
            } ?? []
        },
        answer: { runs in
            runs.contains { $0.record.counted > 0 } ? .clean("exact") : .notMeasured("it counts nothing here")
        })

    /// Question: does the counter-reading instruction agree with read(2)? Method: condition user-space-read, arm A: some readings
    /// with `rdpmc`, each between two by read(2). Expected: each between those two. Verdict rule: one outside is a
    /// finding (rdpmc-disagrees); where all are 0 it is disabled (Linux commit 59af95e028d4), and nothing was measured.
    static let userSpaceRead = under(
        .userSpaceRead, id: "user-space-read", question: "Does reading the counter from user space agree with read(2)?",
        title: VendorText("rdpmc", [.arm: "reads in user space"]), omission: \.needsCorePMU,
        plans: { schedule, _, _ in
            schedule.run(pmis: 3).map {
                [plan("user-space-read", $0, .countingAlone, schedule, under: .userSpaceRead)]
            } ?? []
        },
        answer: { runs in
            let readings = runs.flatMap { $0.record.userSpaceReadings ?? [] }
            guard !readings.isEmpty else { return .notMeasured("no reading was made") }
            guard !runs.allSatisfy(\.record.rdpmcIsDisabled) else {
                return .notMeasured(VendorText.disabledReading.general)
            }
            return .clean("exact: \(Figures.counted(UInt64(readings.count), "reading"))")
        })

    /// Question: does a new period take effect at once? Method: condition period-change, arm D: the sampler is opened with a very
    /// long period and gets the plan's by `PERF_EVENT_IOC_PERIOD` while it is enabled (rr check_for_ioc_period_bug).
    /// Expected: as many PMIs as the new period calls for. Verdict rule: fewer is a finding (period-ignored).
    static let periodChange = under(
        .periodChange, id: "period-change", question: "Does a new period take effect at once?",
        title: "period change",
        plans: { schedule, _, _ in
            schedule.run(pmis: 5).map { [plan("period-change", $0, .samplerTotal, schedule, under: .periodChange)] }
                ?? []
        },
        answer: { _ in .clean("exact") })
}
