import Measurement

// The four arms: without them no count can be called accurate. The negative control is arm A.
extension Probe {
    static let ofArms: [Probe] = [uninterruptedExactness, pmiTotals, pmiLedger, bystander, pmiCount]

    /// Question: does the counter count every branch when nothing interrupts it?
    /// Method: arm A, a counter alone without a period, over every workload; the negative control of all that follows.
    /// Expected: each count equals the closed form. Verdict rule: one undisturbed run that deviates is a finding. Without
    /// exact runs here no other probe means anything.
    static let uninterruptedExactness = Probe(
        id: "uninterrupted-exactness", question: "Does the counter count every branch when nothing interrupts it?",
        title: "uninterrupted runs", isMandatory: true,
        plans: { schedule, _, generator in
            schedule.settings.shuffled(using: &generator).map {
                plan("uninterrupted-exactness", $0, .countingAlone, schedule)
            }
        },
        runs: { arms($0) { $0.arm == .countingAlone } },
        deviates: { run, _ in run.deviation != 0 },
        answer: { _, _ in .clean("exact") })

    /// Question: do runs with PMIs count what runs without them count?
    /// Method: arms B, C and D over every workload and several periods, each beside the others in time. Both counters'
    /// totals are compared with the closed form, which arm A proves right. Expected: every total exact, so the line of
    /// deficit over PMIs is flat: slope 0, intercept 0. Verdict rule: one undisturbed run that deviates is a finding. A
    /// slope is a fault of the PMI, an intercept alone one of starting and stopping.
    static let pmiTotals = Probe(
        id: "pmi-totals", question: "Do runs with PMIs count what runs without them count?",
        title: "runs with PMIs", isMandatory: true,
        plans: { schedule, _, generator in
            schedule.interleaved(
                schedule.settings, arms: [.besideSameEvent, .besideOtherEvent, .samplerTotal], using: &generator
            ).map { run, arm in plan("pmi-totals", run, arm, schedule) }
        },
        runs: { arms($0, \.arm.samples) },
        deviates: { run, _ in run.deviates },
        answer: { _, runs in
            let missing = Arm.allCases.filter { arm in arm.samples && !runs.contains { $0.record.arm == arm } }
            return missing.isEmpty
                ? .clean("exact")
                : .notMeasured("no undisturbed run of arm \(missing.map(\.rawValue).joined(separator: ", "))")
        })

    /// Question: at each single PMI, does the counter stand where the program really is?
    /// Method: arm D. Each sample holds the counter's own value and the user registers; the workload's position follows
    /// from the registers, and the difference is what went missing up to this very PMI. Expected: counted position equals
    /// true position in every row. Verdict rule: one row that differs is a finding.
    static let pmiLedger = Probe(
        id: "pmi-ledger", question: "At each PMI, does the counter stand where the program really is?",
        title: "PMI ledger", isMandatory: true,
        plans: { schedule, _, generator in
            schedule.ledgerSettings.shuffled(using: &generator).map { plan("pmi-ledger", $0, .samplerTotal, schedule) }
        },
        runs: { arms($0, \.hasPositions) }, whyNone: whyNoLedger,
        deviates: { run, _ in (run.ledger?.deviating ?? 0) > 0 },
        answer: { evidence, _ in
            .clean("exact" + (SkidSummary(evidence).map { "; skid \($0.text)" } ?? ""))
        })

    /// Question: does a counter that never overflows keep its count while another one interrupts beside it?
    /// Method: reads arms B and C, where a pure counter stands beside a sampler of the same event, and of another event,
    /// in a group of its own. Expected: exact. "A counting event must not result in a different event count when there is
    /// a sampling event co-scheduled" (Zijlstra, 10 November 2020). Verdict rule: one undisturbed bystander that deviates
    /// is a finding: the whole PMU stopped, not one counter.
    static let bystander = Probe(
        id: "bystander", question: "Does a counter that never overflows keep its count while another one interrupts?",
        title: "bystander counter", isMandatory: true,
        runs: { arms($0, \.arm.hasBystander) },
        deviates: { run, _ in run.deviation != 0 },
        answer: { _, _ in .clean("exact") })

    /// Question: does every overflow raise one PMI, no more and no fewer?
    /// Method: reads arms B and D. The sampler's own total, divided by its period, is the number of overflows. Expected: as
    /// many samples as overflows. Runs end midway between two overflows, so that the last one is in no doubt. Verdict
    /// rule: a run with fewer or more is a finding, at periods longer than four skids; below that two overflows may share
    /// one PMI.
    static let pmiCount = Probe(
        id: "pmi-count", question: "Does every overflow raise one PMI, no more and no fewer?",
        title: "one PMI per overflow", isMandatory: true,
        runs: { evidence in
            let shortest = evidence.shortestUnambiguousPeriod
            return arms(evidence) { $0.missingPMIs != nil && ($0.period ?? 0) >= shortest }
        },
        whyNone: { evidence in
            let periods = arms(evidence) { $0.missingPMIs != nil }.compactMap(\.record.period)
            return periods.max().map {
                "the longest period, \(Figures.grouped($0)), is below \(Figures.grouped(evidence.shortestUnambiguousPeriod)), where two overflows may share a PMI"
            }
        },
        deviates: { run, _ in (run.missingPMIs ?? 0) != 0 },
        answer: { _, _ in .clean("exact") })

    static let whyNoLedger: @Sendable (Evidence) -> String? = { evidence in
        let runs = arms(evidence, \.arm.samples)
        return runs.isEmpty ? nil : "no PMI with a known place came in \(Figures.counted(UInt64(runs.count), "run"))"
    }

    /// Runs of the four arms, disturbed ones included.
    static func arms(_ evidence: Evidence, _ isMeant: (RunRecord) -> Bool) -> [Run] {
        (evidence.undisturbed + evidence.disturbed).filter { isMeant($0.record) }
    }
}
