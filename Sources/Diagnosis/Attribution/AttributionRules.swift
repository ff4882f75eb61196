import Measurement

extension AttributionRule {
    /// All rules, most basic first: what shows without a PMI cannot be the PMI's doing.
    static let all: [AttributionRule] =
        [.deadCounter, .inexactUninterrupted, .freezeOnPMI, .pmiDrop, .pmiSurplus, .lostPMI, .latePMI, .starvedCounter]
        + circumstantial + [.unexplained]

    static let deadCounter = AttributionRule(
        fault: .deadCounter, unit: .run,
        reference: "rr check_working_counters; kernel-and-rr.md 3, rows 10 and 12",
        runs: { observations in
            let runs = observations.evidence.uninterrupted
            return runs.allSatisfy { $0.counted == 0 && $0.expected > 0 } ? runs : []
        },
        sizes: { _, runs in runs.map(\.deviation) },
        mechanism: { _ in "The counter was enabled and scheduled all the time, yet counted nothing." },
        advice: "Check the event with --event, and in a guest whether the hypervisor virtualises this counter.",
        evidence: { _, runs in ["\(runs.count) uninterrupted runs, each counted 0"] },
        excluded: { _ in [] })

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
                ExcludedAlternative(
                    alternative: "a fault of the PMI", because: "no counter was programmed to interrupt in these runs")
            ]
                + [undisturbed(observations)]
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
            ]
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
            return observations.samplerDeviates.filter { ($0.samplerDeficit ?? 0) > 0 }
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

// What several rules say alike.

private func undisturbed(_ observations: Observations) -> ExcludedAlternative {
    ExcludedAlternative(
        alternative: "throttling, multiplexing, lost records",
        because:
            "none of these runs has a THROTTLE or LOST record, and every event was on a counter all the time it was enabled"
    )
}

private func exactText(_ observations: Observations) -> String {
    "all \(observations.evidence.uninterrupted.count) runs without a PMI are exact"
}

func deficitEvidence(_ observations: Observations, _ runs: [RunRecord]) -> [String] {
    var lines = ["\(runs.count) of \(observations.evidence.interrupted.count) interrupted runs deviate"]
    let points = observations.evidence.interrupted.compactMap { run in
        run.samplerDeficit.map { (x: Double(run.pmis), y: Double($0)) }
    }
    if let line = Statistics.line(through: points) {
        lines.append(
            "deficit over PMIs: slope \(decimal(line.slope)) per PMI, intercept \(decimal(line.intercept)) per run")
    }
    if !observations.interiorLosses.isEmpty {
        lines.append(
            "ledger: from one PMI to the next \(rangeText(observations.interiorLosses)) lost, \(observations.interiorLosses.count) PMIs"
        )
    }
    return lines
}

/// "10" or "0 to 10 (median 9)".
func rangeText(_ sorted: [Int64]) -> String {
    guard let low = sorted.first, let high = sorted.last, let median = Statistics.median(of: sorted) else {
        return "some"
    }
    return low == high ? "\(low)" : "\(low) to \(high) (median \(median))"
}

/// Two decimals, without Foundation.
func decimal(_ value: Double) -> String {
    let hundredths = (value * 100).rounded()
    guard hundredths.magnitude < 9e15 else { return "\(value)" }
    let whole = Int64(hundredths.magnitude)
    let fraction = whole % 100
    return "\(hundredths < 0 ? "-" : "")\(whole / 100).\(fraction < 10 ? "0" : "")\(fraction)"
}
