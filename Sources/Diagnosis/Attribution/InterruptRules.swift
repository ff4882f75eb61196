import Measurement

// Rules about the PMIs themselves rather than about counts, and the one for what is left.
extension AttributionRule {
    static let lostPMI = AttributionRule(
        fault: .lostPMI, unit: .run,
        reference: "rr issues 3607 and 3601; kernel-and-rr.md 3, rows 20 and 34",
        runs: { $0.missingPMIs },
        sizes: { _, runs in runs.compactMap(\.missingPMIs) },
        mechanism: { _ in "The counter passed its period and went on counting, but the interrupt for it never came." },
        advice:
            "A debugger or profiler that relies on this interrupt overshoots. Report kernel, CPU and hypervisor; counts themselves can be relied on if no other finding says otherwise.",
        evidence: { observations, runs in
            [
                "\(runs.count) of \(observations.evidence.interrupted.count) interrupted runs took fewer PMIs than the counter's own total calls for",
                "the first: \(runs[0].workload), period \(runs[0].period ?? 0), \(runs[0].pmis) PMIs, \(runs[0].missingPMIs ?? 0) missing",
            ]
        },
        excluded: { _ in
            [
                ExcludedAlternative(
                    alternative: "records-lost", because: "the ring buffer reported no LOST record in these runs")
            ]
        })

    static let latePMI = AttributionRule(
        fault: .latePMI, unit: .pmi,
        reference: "rr issue 2720; rr's table of skids, kernel-and-rr.md 2.2",
        runs: { observations in
            guard let limit = observations.evidence.skidLimit else { return [] }
            return observations.evidence.ledgers.filter { run in
                (run.period ?? 0) > 4 * limit && run.apparentSkids.contains { $0 > limit }
            }
        },
        sizes: { observations, runs in
            let limit = observations.evidence.skidLimit ?? 0
            return runs.flatMap(\.apparentSkids).filter { $0 > limit }.map { Int64(bitPattern: $0) }
        },
        mechanism: { _ in
            "The interrupt came later after the overflow than rr allows for on this CPU; counts are not affected by it."
        },
        advice: "rr may overshoot its targets here. Report the CPU and its skid distribution to rr.",
        evidence: { observations, runs in
            ["\(runs.count) runs have a skid above rr's limit of \(observations.evidence.skidLimit ?? 0)"]
        },
        excluded: { _ in [] })

    static let starvedCounter = AttributionRule(
        fault: .starvedCounter, unit: .run,
        reference: "perf_event_open(2), pinned; rr issue 2421; kernel-and-rr.md 3, row 13",
        runs: { $0.evidence.disturbed.filter { $0.disturbances.contains(.starved) } },
        sizes: { _, runs in runs.map(\.deviation) },
        mechanism: { _ in "Other users held the counters, so a pinned event got none and counted nothing." },
        advice:
            "Stop the other users: the NMI watchdog (sysctl kernel.nmi_watchdog=0), perf, a monitoring agent, another guest; then diagnose again.",
        evidence: { observations, runs in
            [
                "\(runs.count) of \(runs.count + observations.evidence.undisturbed.count) runs were read as end of file: their event was on no counter"
            ]
        },
        excluded: { _ in [] })

    /// What no other rule explains is a fault all the same.
    static let unexplained = AttributionRule(
        fault: .unexplained, unit: .run, reference: "DESIGN.md, honesty",
        runs: { observations in
            let deviating = observations.evidence.interrupted.filter {
                $0.deviation != 0 || ($0.samplerDeficit ?? 0) != 0
            }
            return deviating
                + (observations.extraPMIs + observations.ledgerDeviates).filter { !deviating.contains($0) }
        },
        sizes: { _, runs in runs.map { $0.deviation != 0 ? $0.deviation : ($0.samplerDeficit ?? 0) } },
        mechanism: { _ in "Interrupted runs deviate in a way that no rule of this version explains." },
        advice: "Please report this with the JSON report attached: it holds every run.",
        evidence: { observations, runs in
            deficitEvidence(observations, runs)
                + (observations.ledgerDeviates.isEmpty
                    ? []
                    : ["\(observations.ledgerDeviates.count) runs have exact totals and inexact rows in their ledger"])
                + (observations.extraPMIs.isEmpty
                    ? [] : ["\(observations.extraPMIs.count) runs took more PMIs than their total calls for"])
        },
        excluded: { _ in [] })
}
