import Measurement

/// Question: do runs with PMIs count what runs without them count? Method: arms B, C and D over every workload and
/// several periods, each beside the others in time. Both arms' totals are compared with the closed form, which arm A
/// proves right. Expected: every total exact, so the line of deficit over PMIs is flat: slope 0, intercept 0. Verdict
/// rule: one undisturbed run that deviates is a finding. A slope is a fault of the PMI, an intercept alone one of
/// starting and stopping.
struct PMITotals: Probe {
    let id = "pmi-totals"
    let question = "Do runs that are interrupted count what uninterrupted runs count?"
    let title = "interrupted runs exact"

    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan] {
        schedule.interleaved(
            schedule.settings, arms: [.besideSameEvent, .besideOtherEvent, .samplerTotal], using: &generator
        ).map { setting, arm in plan(setting, arm, cpu: schedule.cpu) }
    }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        let runs = evidence.interrupted
        let disturbed = evidence.disturbed.count { $0.arm.samples }
        if let nothing = tooLittle(runs, disturbed: disturbed) { return nothing }
        let deviating = runs.filter { $0.deviation != 0 || ($0.samplerDeficit ?? 0) != 0 }
        let perPMI = deviating.filter { $0.pmis > 0 }.map { run in
            (run.deviation != 0 ? run.deviation : run.samplerDeficit ?? 0) / Int64(bitPattern: run.pmis)
        }
        return ProbeConclusion(
            outcome: deviating.isEmpty ? .clean : .finding,
            answer: deviating.isEmpty
                ? "yes"
                : perPMI.isEmpty ? "no: \(deviating.count) runs deviate" : "no: \(deviationText(perPMI, per: "PMI"))",
            runs: runs, disturbedRuns: disturbed)
    }
}
