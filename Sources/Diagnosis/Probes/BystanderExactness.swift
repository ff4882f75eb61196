import Measurement

/// Question: does a counter that never overflows keep its count while another one interrupts beside it? Method: reads
/// arms B and C, where a pure counter stands beside a sampler of the same event, and of another event, in a group of
/// its own. Expected: exact. "A counting event must not result in a different event count when there is a sampling
/// event co-scheduled" (Zijlstra, 10 November 2020). Verdict rule: one undisturbed bystander that deviates is a
/// finding: the whole PMU stopped, not one counter.
struct BystanderExactness: Probe {
    let id = "bystander"
    let question = "Does a counter that never overflows keep its count while another one interrupts?"
    let title = "bystander counter"

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        let runs = evidence.bystanders
        let disturbed = evidence.disturbedRuns(in: [.besideSameEvent, .besideOtherEvent])
        if let nothing = tooLittle(runs, disturbed: disturbed) { return nothing }
        let deviating = runs.filter { $0.deviation != 0 }
        let sameAsSampler = deviating.allSatisfy { $0.samplerDeviation == nil || $0.samplerDeviation == $0.deviation }
        return ProbeConclusion(
            outcome: deviating.isEmpty ? .clean : .finding,
            answer: deviating.isEmpty
                ? "exact" : sameAsSampler ? "loses the same" : "deviates otherwise than the sampler",
            runs: runs, disturbedRuns: disturbed)
    }
}
