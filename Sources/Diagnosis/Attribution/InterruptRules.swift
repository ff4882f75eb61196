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
                (run.period ?? 0) > 4 * limit && run.certainSkids.contains { $0 > Int64(clamping: limit) }
            }
        },
        sizes: { observations, runs in
            let limit = Int64(clamping: observations.evidence.skidLimit ?? 0)
            return runs.flatMap(\.certainSkids).filter { $0 > limit }
        },
        mechanism: { _ in
            "The interrupt came later after the overflow than rr allows for on this CPU; counts are not affected by it."
        },
        advice: "rr may overshoot its targets here. Report the CPU and its skid distribution to rr.",
        evidence: { observations, runs in
            ["\(runs.count) runs have a skid above rr's limit of \(observations.evidence.skidLimit ?? 0)"]
        },
        excluded: { _ in
            [
                ExcludedAlternative(
                    alternative: "lost-pmi", because: "the PMI came, and before the next overflow"),
                ExcludedAlternative(
                    alternative: "a count that jumps, as at an SMI",
                    because: "the program itself was that far beyond the overflow, by its own registers"),
            ]
        })

    static let duplicatePMI = AttributionRule(
        fault: .duplicatePMI, unit: .run,
        reference: "kernel-and-rr.md 1.3, 3 (the handler counts an interrupt twice) and 3, measured skids",
        runs: { observations in
            observations.extraPMIs.filter { !$0.deviates && $0.repeatedPMIs > 0 }
        },
        sizes: { _, runs in runs.compactMap(\.missingPMIs) },
        mechanism: { _ in "One overflow raises two interrupts: both find the counter at the same place." },
        advice:
            "Who counts interrupts gets too many; counts themselves can be relied on if no other finding says otherwise. Report kernel, CPU and hypervisor.",
        evidence: { observations, runs in
            [
                "\(runs.count) of \(observations.evidence.interrupted.count) interrupted runs took more PMIs than the counter's own total calls for",
                "\(runs.reduce(0) { $0 + $1.repeatedPMIs }) rows of their ledgers stand where the row before them stands",
                "the first: \(runs[0].workload), period \(runs[0].period ?? 0), \(runs[0].pmis) PMIs, \(-(runs[0].missingPMIs ?? 0)) too many",
            ]
        },
        excluded: { _ in
            [
                ExcludedAlternative(alternative: "pmi-surplus", because: "the totals of these runs are exact"),
                ExcludedAlternative(
                    alternative: "overflows that share a PMI",
                    because: "that takes PMIs away, and the period is longer than four skids"),
            ]
        })

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
        excluded: { _ in
            [
                ExcludedAlternative(
                    alternative: "dead-counter", because: "the kernel itself says that the event was on no counter")
            ]
        })

    /// What no other rule explains is a fault all the same.
    static let unexplained = AttributionRule(
        fault: .unexplained, unit: .run, reference: "DESIGN.md, honesty",
        runs: { observations in
            let deviating = observations.evidence.interrupted.filter {
                $0.deviation != 0 || ($0.samplerDeficit ?? 0) != 0
            }
            let repeated = observations.extraPMIs.filter { $0.deviates || $0.repeatedPMIs == 0 }
            return deviating + (repeated + observations.ledgerDeviates).filter { !deviating.contains($0) }
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

extension RunRecord {
    /// Rows of the ledger whose counter stands where it stood in the row before.
    var repeatedPMIs: Int {
        zip(ledger, ledger.dropFirst()).count { $0.counted == $1.counted && $0.truePosition == $1.truePosition }
    }

    /// Skids that the count, the program's own position and what went missing at this PMI agree on: a count that jumps
    /// makes one of them long, a loss behind the sample before another, a reading that is off the third.
    fileprivate var certainSkids: [Int64] {
        guard let period, period > 0 else { return [] }
        var before: Int64? = 0
        return ledger.compactMap { row in
            defer { before = row.lossSoFar }
            guard let position = row.truePosition, let loss = row.lossSoFar, let before else { return nil }
            let apparent = Int64(bitPattern: row.counted % period)
            return min(apparent + min(0, loss - before), Int64(bitPattern: position % period))
        }
    }
}
