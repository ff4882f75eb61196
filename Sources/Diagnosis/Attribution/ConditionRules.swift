import Measurement

// Rules about runs under a condition: what the four arms do not show. Each rests on the four arms being exact.
extension AttributionRule {
    static let conditional: [AttributionRule] = explaining + [.unexplainedInCondition]

    private static let explaining: [AttributionRule] = [
        .smiInCondition, .offsetInCondition, .checkpointLoss, .largeCountInexact, .lockSurplusInCondition,
        .contextSwitchLossInCondition, .signalLeak, .migrationLoss, .periodIgnored, .rdpmcDisabled, .rdpmcDisagrees,
        .freezeInCondition, .dropInCondition,
    ]

    static let smiInCondition = conditional(
        .smiSurplus, .smi, reference: "rr issue 3045; kernel-and-rr.md 3, row 2",
        runs: { seen in
            let surplus = seen.inexact.filter { $0.firstDeviation < 0 }
            return surplus.allSatisfy { ($0.smis ?? 0) > 0 } ? surplus : []
        },
        size: { $0.firstDeviation / Int64(clamping: max(1, $0.smis ?? 1)) },
        mechanism: "Firmware that runs in ring 3 of system management mode is counted as if it were the program.",
        advice: "Set freeze_on_smi to 1 in /sys/devices/cpu (or cpu_core and cpu_atom).")

    static let checkpointLoss = conditional(
        .checkpointLoss, .run, reference: "rr check_for_kvm_in_txcp_bug, issue 1952; kernel-and-rr.md 3, row 6",
        runs: { seen in seen.inexact.filter { $0.isRun(in: .checkpointed) && $0.deviation > 0 } },
        size: \.deviation,
        mechanism: "A checkpointed event loses what it had counted when it is disabled and enabled again.",
        advice:
            "The host's KVM refuses the checkpointed event and does not tell: count transactions with IN_TX instead.")

    /// A count of which some bits do not arrive.
    static let offsetInCondition = conditional(
        .countOffset, .run, reference: "rr issues 1818 and 2202; kernel-and-rr.md 3, rows 7 and 8",
        runs: { seen in
            seen.inexact.filter(\.isOffByPowerOfTwo)
        },
        size: \.deviation,
        mechanism: "A count is off by a multiple of 2^31, as if it had been kept in too few bits on its way.",
        advice: "Keep runs below 2^31 counts, and report the hypervisor or kernel.")

    static let largeCountInexact = conditional(
        .inexactUninterrupted, .run, reference: "kernel-and-rr.md 3, rows 5 and 21",
        runs: { seen in seen.inexact.filter { $0.isRun(in: .largeCount) } },
        size: \.deviation,
        mechanism: "Counts deviate without any PMI, but so rarely that only billions of them show it.",
        advice: "Check the CPU's errata for this event; do not rely on its exactness over long runs.")

    static let lockSurplusInCondition = conditional(
        .lockSurplus, .run, reference: "rr issue 2034 (Zen SpecLockMap); kernel-and-rr.md 2.4, no. 9",
        runs: { seen in seen.inexact.filter { $0.isRun(in: .manyLocked) && $0.deviation < 0 } },
        size: \.deviation,
        mechanism: "Branches that were executed speculatively around a locked instruction and undone stay counted.",
        advice: "On AMD's Zen disable SpecLockMap (rr's zen_workaround.py), and diagnose again.")

    static let contextSwitchLossInCondition = conditional(
        .contextSwitchLoss, .contextSwitch, reference: "DESIGN.md, fault slugs",
        runs: { seen in
            seen.inexact.filter { $0.isRun(in: .sharedCPU) && $0.firstDeviation > 0 && $0.involuntarySwitches > 0 }
        },
        size: { $0.firstDeviation / Int64(clamping: max(1, $0.involuntarySwitches)) },
        mechanism: "Counts go missing when the program's counters are taken off the CPU and put back.",
        advice: "Run what counts on a CPU of its own, and report kernel and CPU.")

    static let signalLeak = conditional(
        .kernelLeak, .kernelEntry, reference: "perf_event_open(2), exclude_kernel",
        runs: { seen in
            seen.inexact.filter { $0.isRun(in: .signals) && $0.deviation < 0 && ($0.signals ?? 0) > 0 }
        },
        size: { $0.deviation / Int64(clamping: max(1, $0.signals ?? 1)) },
        mechanism: "Branches of the kernel are counted as the program's when it is given a signal.",
        advice: "Report kernel and CPU: the event excludes the kernel.")

    static let migrationLoss = conditional(
        .migrationLoss, .run, reference: "rr issues 3607 and 3601; kernel-and-rr.md 3, row 20",
        runs: { seen in
            let missing = seen.missingPMIs(in: [.migration])
            let inexact = seen.inexact.filter { $0.isRun(in: .migration) && $0.firstDeviation > 0 }
            return missing + inexact.filter { !missing.contains($0) }
        },
        size: { $0.firstDeviation != 0 ? $0.firstDeviation : $0.missingPMIs ?? 0 },
        mechanism:
            "An overflow around the move to another CPU is lost: its interrupt never comes, or counts go with it.",
        advice: "Bind what counts to one CPU (taskset).")

    static let periodIgnored = conditional(
        .periodIgnored, .run, reference: "rr check_for_ioc_period_bug",
        runs: { $0.missingPMIs(in: [.periodChange]) },
        size: { $0.missingPMIs ?? 0 },
        mechanism: "A period that is set while the event is enabled takes effect after the next overflow only.",
        advice: "Open the event anew for a new period, as rr does on old kernels.")

    static let rdpmcDisabled = rdpmc(
        reference: "kernel commit 59af95e028d4; kernel-and-rr.md 1.6",
        shows: { readings in readings.allSatisfy { $0.raw == 0 } },
        mechanism: "The counter-reading instruction gives 0 in user space: it is disabled, though the kernel offers it."
    )

    static let rdpmcDisagrees = rdpmc(
        reference: "perf_event_open(2), cap_user_rdpmc",
        shows: { _ in true },
        mechanism: "The counter-reading instruction gives another count than read(2) before and after it.")

    private static func rdpmc(
        reference: String, shows: @escaping @Sendable ([UserSpaceReading]) -> Bool, mechanism: String
    ) -> AttributionRule {
        conditional(
            .rdpmcDisagrees, .reading, reference: reference,
            runs: { seen in seen.runs.filter { $0.userSpaceDisagrees && shows($0.userSpaceReadings ?? []) } },
            size: { run in
                let wrong = run.userSpaceReadings?.first { !$0.agrees }
                return wrong.map { Int64(bitPattern: $0.before &- $0.read) } ?? 0
            },
            mechanism: mechanism, advice: "Read counters with read(2), and report the kernel.")
    }

    static let freezeInCondition = conditional(
        .freezeOnPMI, .pmi, reference: "kernel-and-rr.md 1.2, 1.3 and 1.6",
        runs: { seen in
            seen.inexact.filter { run in
                run.isRun(in: .branchStack) || run.isRun(in: .precise) || run.isRun(in: .antagonist)
            }.filter { $0.deviation > 0 && ($0.samplerDeviation ?? $0.deviation) == $0.deviation }
        },
        size: { $0.deviation / Int64(clamping: max(1, $0.antagonistPMIs ?? $0.pmis)) },
        mechanism:
            "Counters stop for a PMI of that kind alone: with branch stacks, precise samples, or another user's.",
        advice: "Do not use that kind of sampling beside a count that must be exact.")

    static let dropInCondition = conditional(
        .pmiDrop, .pmi, reference: "DESIGN.md, how a run is measured, 2",
        runs: { seen in
            seen.inexact.filter { run in
                (run.isRun(in: .branchStack) || run.isRun(in: .precise)) && run.deviation == 0
                    && (run.samplerDeficit ?? 0) > 0
            }
        },
        size: { ($0.samplerDeficit ?? 0) / Int64(clamping: max(1, $0.pmis)) },
        mechanism: "The counter that overflows loses counts, but only with branch stacks or precise samples.",
        advice: "Count with an event that does not sample, and report the kernel and CPU.")

    /// What none of the others can say. A run that one of them claims is not claimed here again, whichever of them was
    /// heard.
    static let unexplainedInCondition = conditionalRule(
        .unexplained, .run, reference: "DESIGN.md, honesty",
        runs: { observations in
            let inexact = ConditionObservations(observations).inexact
            let claimed = inexact.isEmpty ? [] : explaining.flatMap { $0.runs(observations) }
            return inexact.filter { !claimed.contains($0) }
        },
        size: \.firstDeviation,
        mechanism: "Runs under a condition deviate in a way that no rule of this version explains.",
        advice: "Please report this with the JSON report attached: it holds every run.")

    private static func conditional(
        _ fault: Fault, _ unit: FaultUnit, reference: String,
        runs: @escaping @Sendable (ConditionObservations) -> [RunRecord],
        size: @escaping @Sendable (RunRecord) -> Int64, mechanism: String, advice: String
    ) -> AttributionRule {
        conditionalRule(
            fault, unit, reference: reference, runs: { runs(ConditionObservations($0)) }, size: size,
            mechanism: mechanism, advice: advice)
    }

    private static func conditionalRule(
        _ fault: Fault, _ unit: FaultUnit, reference: String,
        runs: @escaping @Sendable (Observations) -> [RunRecord],
        size: @escaping @Sendable (RunRecord) -> Int64, mechanism: String, advice: String
    ) -> AttributionRule {
        AttributionRule(
            fault: fault, unit: unit, reference: reference,
            runs: { observations in
                observations.evidence.conditional.contains(where: \.isSuspicious) ? runs(observations) : []
            },
            sizes: { _, runs in runs.map(size) },
            mechanism: { _ in mechanism },
            advice: advice,
            evidence: { observations, runs in conditionEvidence(observations, runs) },
            excluded: { observations in
                let ordinary = observations.evidence.undisturbed.count
                return [
                    ExcludedAlternative(
                        alternative: "a fault that every run shows",
                        because: "all \(ordinary) runs of the four arms are exact without it")
                ]
            })
    }
}

private func conditionEvidence(_ observations: Observations, _ runs: [RunRecord]) -> [String] {
    let kinds = Set(runs.compactMap { $0.condition?.kind.rawValue }).sorted()
    let made = observations.evidence.conditional.count { kinds.contains($0.condition?.kind.rawValue ?? "") }
    let first = runs[0]
    let pmis = first.missingPMIs.map { ", \(first.pmis) PMIs, \($0) missing" } ?? ""
    return [
        "\(runs.count) of \(made) runs under the condition \(kinds.joined(separator: ", ")) show it, and no other run does",
        "the first: \(first.workload), arm \(first.arm.rawValue), expected \(first.expected), counted \(first.counted)\(pmis)",
    ]
}

extension RunRecord {
    fileprivate func isRun(in kind: Condition.Kind) -> Bool { condition?.kind == kind }

    /// By a multiple of 2^31, or by one less, which is how a signed word ends.
    fileprivate var isOffByPowerOfTwo: Bool {
        let size = deviation.magnitude
        return size >= 1 << 31 - 1 && (size % (1 << 31) == 0 || (size + 1) % (1 << 31) == 0)
    }
}
