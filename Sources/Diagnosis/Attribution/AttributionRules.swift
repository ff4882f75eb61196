import Measurement

extension AttributionRule {
    /// Rules about the four arms, most basic first: what shows without a PMI cannot be the PMI's doing. Those about
    /// conditions come after them, and ``unexplained`` is the last.
    static let ofArms: [AttributionRule] = [
        .starvedCounter, .deadCounter, .countOffset, .wrongEvent, .smiSurplus, .lockSurplus, .cpuidLoss,
        .kernelLeakAtEntries, .kernelLeakAtInterrupts, .contextSwitchLoss, .inexactUninterrupted, .freezeOnPMI,
        .pmiDrop, .pmiSurplus, .lostPMI, .latePMI, .duplicatePMI,
    ]

    static let inexactUninterrupted = AttributionRule(
        fault: .inexactUninterrupted, unit: .run,
        reference: "ISPASS 2013, Weaver: only events that are exact without interrupts can be compared",
        runs: { $0.inexactUninterrupted },
        sizes: { _, runs in runs.map(\.deviation) },
        mechanism: { _ in
            "Counts deviate without any PMI, so this event is not deterministic here, or is not the event it is taken for."
        },
        advice:
            "Check that the event is the retired conditional branch of this CPU (truecount info); in a guest, ask the host.",
        evidence: { observations, runs in
            [
                "\(runs.count) of \(observations.evidence.uninterrupted.count) uninterrupted runs deviate",
                "the first: \(runs[0].workload), expected \(runs[0].expected), counted \(runs[0].counted)",
            ]
        },
        excluded: { observations in
            [
                noPMI,
                ExcludedAlternative(
                    alternative: "lock-surplus, cpuid-loss, kernel-leak",
                    because: "deviations are not those of one kind of workload, nor as regular as interrupts"),
                smisText(observations), undisturbed(observations),
            ]
        })

    static let freezeOnPMI = AttributionRule(
        fault: .freezeOnPMI, unit: .pmi,
        reference:
            "Zijlstra, perf/intel: Remove Perfmon-v4 counter_freezing support, 10 Nov 2020; SDM vol. 3, IA32_PERF_GLOBAL_STATUS bit 59; kernel-and-rr.md 1.2 and 1.4",
        runs: { observations in
            guard observations.uninterruptedIsExact, observations.unequalPairs.isEmpty,
                observations.bystanderDeviates.contains(where: { $0.deviation > 0 }),
                observations.bystanderDeviates.allSatisfy({ $0.deviation > 0 })
            else { return [] }
            return observations.evidence.interrupted.filter { $0.deviation > 0 }
        },
        sizes: lossesPerPMI,
        mechanism: { observations in
            "Counters stop at the overflow; the interrupt comes \(rangeText(observations.interiorLosses)) branches later; nobody counts those, on any counter of this CPU."
        },
        advice:
            "On 4.20 to 5.10 boot without perf_v4_pmi=1; elsewhere find who sets bit 12 of IA32_DEBUGCTL (0x1d9), and clear it.",
        evidence: { observations, runs in
            deficitEvidence(observations, runs) + [
                "\(observations.bystanderDeviates.count) of \(observations.evidence.bystanders.count) bystanders are low too, and by as much as the counter that overflowed",
                "apparent skid \(rangeText(observations.apparentSkids.map { Int64(bitPattern: $0) })): the count at the sample stands still at the overflow",
            ] + foreignText(observations)
        },
        excluded: { observations in
            [
                ExcludedAlternative(alternative: "pmi-drop", because: "counters that never overflow lose as much"),
                ExcludedAlternative(alternative: "inexact-uninterrupted", because: exactText(observations)),
                undisturbed(observations),
            ]
        })

    static let pmiDrop = AttributionRule(
        fault: .pmiDrop, unit: .pmi,
        reference: "DESIGN.md, how a run is measured, 2: loss on the sampled counter only is its reload",
        runs: { observations in
            guard observations.uninterruptedIsExact, observations.bystanderDeviates.isEmpty else { return [] }
            let low = observations.samplerDeviates.filter { ($0.samplerDeficit ?? 0) > 0 }
            return low.count == observations.samplerDeviates.count ? low : []
        },
        sizes: lossesPerPMI,
        mechanism: { _ in
            "The counter that overflows loses counts when it is read and loaded again; counters beside it lose none."
        },
        advice: "Count with an event that does not sample, and report the kernel and CPU.",
        evidence: deficitEvidence,
        excluded: { observations in
            [
                ExcludedAlternative(
                    alternative: "freeze-on-pmi",
                    because: "\(observations.evidence.bystanders.count) bystanders beside it counted every branch"),
                ExcludedAlternative(alternative: "inexact-uninterrupted", because: exactText(observations)),
                undisturbed(observations),
            ]
        })

    static let pmiSurplus = AttributionRule(
        fault: .pmiSurplus, unit: .pmi,
        reference: "rr check_for_xen_pmi_bug; kernel-and-rr.md 3, row 11",
        runs: { observations in
            guard observations.uninterruptedIsExact else { return [] }
            let runs = observations.evidence.interrupted.filter { $0.deviation < 0 || ($0.samplerDeficit ?? 0) < 0 }
            let deficits = observations.evidence.interrupted.contains {
                $0.deviation > 0 || ($0.samplerDeficit ?? 0) > 0
            }
            return deficits ? [] : runs
        },
        sizes: lossesPerPMI,
        mechanism: { observations in
            observations.bystanderDeviates.isEmpty
                ? "The counter that overflows gains counts that no branch made; counters beside it gain none."
                : "Counters gain counts that no branch made whenever a PMI is taken."
        },
        advice: "In a guest, suspect the hypervisor's virtual PMU (Xen is known for it); report host and guest kernel.",
        evidence: deficitEvidence,
        excluded: { observations in
            [
                ExcludedAlternative(alternative: "smi-surplus", because: "runs without PMIs are exact"),
                undisturbed(observations),
            ]
        })
}

/// What SMIs have to do with runs that deviate: nothing, or nobody knows.
private func smisText(_ observations: Observations) -> ExcludedAlternative {
    let known = observations.inexactUninterrupted.compactMap(\.smis)
    return ExcludedAlternative(
        alternative: "smi-surplus",
        because: known.isEmpty
            ? "cannot be excluded: the number of SMIs cannot be read here"
            : "\(known.count { $0 == 0 }) of \(known.count) deviating runs had no SMI")
}

private func foreignText(_ observations: Observations) -> [String] {
    let foreign = observations.foreignWindows
    guard !foreign.isEmpty else { return [] }
    let losses = foreign.map(\.deviation).sorted()
    return [
        "\(foreign.count) of \(observations.evidence.uninterrupted.count) uninterrupted runs are low by \(rangeText(losses)), no more than one PMI loses: somebody else's PMI, such as the NMI watchdog's, froze the counters in them"
    ]
}
