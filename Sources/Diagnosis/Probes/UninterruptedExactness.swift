import Measurement

/// Question: does the counter count every branch when nothing interrupts it?
/// Method: arm A, a counter alone without a period, over every workload; the negative control of all that follows.
/// Expected: each count equals the closed form.
/// Verdict rule: one undisturbed run that deviates is a finding. Without exact runs here no other probe means anything.
struct UninterruptedExactness: Probe {
    let id = "uninterrupted-exactness"
    let question = "Does the counter count every branch when nothing interrupts it?"
    let title = "uninterrupted runs exact"

    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan] {
        schedule.settings.shuffled(using: &generator).map { plan($0, .countingAlone, cpu: schedule.cpu) }
    }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        let runs = evidence.uninterrupted
        let disturbed = evidence.disturbedRuns(in: [.countingAlone])
        if let nothing = tooLittle(runs, disturbed: disturbed) { return nothing }
        let deviations = runs.map(\.deviation).filter { $0 != 0 }
        return ProbeConclusion(
            outcome: deviations.isEmpty ? .clean : .finding,
            answer: deviations.isEmpty
                ? "yes" : "no: \(deviations.count) runs \(deviationText(deviations, per: "run"))",
            runs: runs, disturbedRuns: disturbed)
    }
}
