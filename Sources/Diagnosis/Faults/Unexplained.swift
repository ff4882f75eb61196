import Measurement

extension KnownFault {
    /// What is left over: runs that deviate, nothing disturbed, and no signature fits. A fault all the same: a tool that
    /// knows only named faults would call the machine accurate.
    static let unexplained = KnownFault(
        .unexplained, needs: [], under: .any,
        probes: ["pmi-totals", "pmi-ledger", "bystander", "pmi-count"],
        signature: { scene in
            let deviating = scene.runs.filter {
                scene.condition != nil ? $0.record.isInexact : $0.record.deviates || isInexactInLedger($0.record)
            }
            let extra =
                scene.condition == nil
                ? scene.overflows.filter { isUnlikeADuplicate($0.run.record, missing: $0.missing) }.map(\.run) : []
            let runs = deviating + extra.filter { !deviating.contains($0) }
            let inLedger = deviating.count { !$0.record.deviates }
            let shown = Signature.Shown(
                perRun: runs, of: scene.runs.count, deviation: largestDeviation,
                mechanism: scene.condition == nil
                    ? "Runs deviate in a way that no known fault explains."
                    : "Runs under a condition deviate in a way that no known fault explains.",
                evidence: (scene.condition == nil ? deficitEvidence(scene, runs) : conditionEvidence(scene, runs))
                    + (inLedger > 0 ? ["\(inLedger) runs have exact totals but inexact rows in their ledgers"] : [])
                    + (extra.isEmpty ? [] : ["\(extra.count) runs took more PMIs than their total has overflows"]),
                alternatives: Signature.Alternative.smi(runs) + [.disturbance(runs)])
            return shown.map(Signature.shown) ?? .notShown
        },
        advice: "Please report this with the JSON report attached: it holds every run.",
        explanation: FaultExplanation(
            .unexplained,
            "counts deviate in a way that no rule of this version explains",
            happens: [
                "A count differs from the closed form, nothing disturbed the run, and no known fault fits. It is a"
                    + " fault all the same: otherwise truecount would call a machine with a new fault accurate."
            ],
            since: "Whenever a fault is new.",
            places: Places(),
            signature: "Any deviation that no other fault explains; the finding's evidence lists what was seen.",
            advice: [
                "Diagnose again with --thorough, on another CPU (--cpu), and with another --period: what changes is"
                    + " a clue.",
                "Report it with the JSON report attached: it holds every run and every PMI.",
            ],
            mistakenFor: [
                Confusion(
                    "throttled", "there, runs are marked and never judged"),
                Confusion(
                    "smi-surplus", "without MSR_SMI_COUNT (root, msr driver) SMIs cannot be seen"),
            ],
            references: Reference.cited("docs/method.md")))
}

/// PMIs too many that are no duplicates: the total deviates as well, or no row of the ledger is repeated.
private func isUnlikeADuplicate(_ run: RunRecord, missing: Int64) -> Bool {
    missing < 0 && (run.deviates || (run.ledger?.repeated ?? 0) == 0)
}

private func isInexactInLedger(_ run: RunRecord) -> Bool {
    run.samplerDeficit == 0 && run.hasPositions && (run.ledger?.deviating ?? 0) > 0
}

/// Of a total, or of a row on the way to it; PMIs too many where neither deviates.
private func largestDeviation(_ run: Run) -> Int64 {
    let record = run.record
    if record.firstDeviation != 0 { return record.firstDeviation }
    let rows = [
        record.ledger?.lossAtFirst, record.ledger?.lossAtLast, record.ledger?.losses.max, record.ledger?.losses.min,
    ]
    let events = record.timeline?.map(\.lossSoFar) ?? []
    return (rows.compactMap { $0 } + events).max { $0.magnitude < $1.magnitude }.flatMap { $0 == 0 ? nil : $0 }
        ?? record.missingPMIs ?? 0
}
