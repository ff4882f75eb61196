import Measurement

/// Question: does every overflow raise one PMI, no more and no fewer? Method: reads arms B and D. The sampler's own
/// total, divided by its period, is the number of overflows. Expected: as many samples as overflows. Runs end midway
/// between two overflows, so that the last one is in no doubt. Verdict rule: a run with fewer or more is a finding, at
/// periods longer than four skids; below that two overflows may share one PMI.
struct PMICount: Probe {
    let id = "pmi-count"
    let question = "Does every overflow raise one PMI, no more and no fewer?"
    let title = "one PMI an overflow"

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        let shortest = Observations.shortestUnambiguousPeriod(evidence)
        let sampling = evidence.interrupted.filter { $0.missingPMIs != nil }
        let runs = sampling.filter { ($0.period ?? 0) >= shortest }
        let disturbed = evidence.disturbedRuns(in: [.besideSameEvent, .samplerTotal])
        if runs.isEmpty, !sampling.isEmpty {
            return ProbeConclusion(
                outcome: .skipped, answer: "every period is below \(shortest), where two overflows may share a PMI",
                runs: [])
        }
        if let nothing = tooLittle(runs, disturbed: disturbed) { return nothing }
        let missing = runs.compactMap(\.missingPMIs)
        let lost = missing.filter { $0 > 0 }.reduce(0, +)
        let extra = -missing.filter { $0 < 0 }.reduce(0, +)
        return ProbeConclusion(
            outcome: lost == 0 && extra == 0 ? .clean : .finding,
            answer: lost == 0 && extra == 0 ? "yes" : "no: \(lost) missing, \(extra) too many", runs: runs,
            disturbedRuns: disturbed)
    }
}
