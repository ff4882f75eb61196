import Measurement

/// Question: does a new period take effect at once? Method: condition period-change, arm D: the sampler is opened with
/// a very long period and gets the plan's by `PERF_EVENT_IOC_PERIOD` while it is enabled (rr check_for_ioc_period_bug).
/// Expected: as many PMIs as the new period calls for. Verdict rule: fewer is a finding (period-ignored).
struct PeriodChange: Probe {
    let id = "period-change"
    let question = "Does a new period take effect at once?"
    let title = "new period at once"

    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan] {
        guard let setting = schedule.setting(pmis: 5) else { return [] }
        return [plan(setting, .samplerTotal, cpu: schedule.cpu).within(.periodChange)]
    }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        condition(.periodChange, in: evidence) { runs in
            let ignored = runs.count { ($0.missingPMIs ?? 0) > 0 }
            guard ignored > 0 else { return exactness(runs, exact: "yes") }
            guard runs.contains(where: { ($0.period ?? 0) >= Observations.shortestUnambiguousPeriod(evidence) }) else {
                return .skipped("the period is too short to tell")
            }
            return ProbeConclusion(
                outcome: .finding, answer: "no: \(ignored) of \(runs.count) runs kept the old one", runs: runs)
        }
    }
}
