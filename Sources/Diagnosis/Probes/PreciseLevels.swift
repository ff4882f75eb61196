import Measurement

/// Question: do precise samples cost counts? Method: condition precise, arm B at `precise_ip` 1 to 3. Expected: both
/// totals exact at each level that is not refused. The ledger is not asked: a precise sample's registers and its count are
/// not of the same moment (perf_event_open(2), precise_ip). Verdict rule: a total that deviates is a finding.
struct PreciseLevels: Probe {
    let id = "precise-sampling"
    let question = "Do precise samples cost counts?"
    let title = "precise sampling"

    func omission(_ schedule: Schedule) -> String? { schedule.needsCorePMU ?? schedule.needsStandard(seconds: "0.1") }

    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan] {
        guard let setting = schedule.setting(pmis: 10) else { return [] }
        return (1...3).map { plan(setting, .besideSameEvent, cpu: schedule.cpu).within(.precise, level: $0) }
    }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        condition(.precise, in: evidence) { runs in
            let levels = Set(runs.compactMap { $0.condition?.level }).sorted().map(String.init)
            return exactness(runs, exact: "exact at level \(levels.joined(separator: ", "))")
        }
    }
}
