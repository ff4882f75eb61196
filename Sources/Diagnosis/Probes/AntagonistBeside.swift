import Measurement

/// Question: do another user's PMIs cost counts? Method: condition antagonist, arm A: nothing of this run's own
/// interrupts, but a sampler of cycles on the whole CPU does, as the NMI watchdog does at a low rate. Expected: exact.
/// Verdict rule: a deviation where such PMIs came is a finding; a freeze stops every counter, whoever's the overflow is (kernel-and-rr.md 1.3).
struct AntagonistBeside: Probe {
    let id = "antagonist"
    let question = "Do another user's PMIs cost counts?"
    let title = "another user's PMIs"

    private static let milliseconds = 20.0

    func omission(_ schedule: Schedule) -> String? { schedule.needsStandard(seconds: "0.1") }

    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan] {
        guard let setting = schedule.setting(milliseconds: Self.milliseconds) else { return [] }
        return [plan(setting, .countingAlone, cpu: schedule.cpu).within(.antagonist)]
    }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        condition(.antagonist, in: evidence) { runs in
            let hit = runs.filter { ($0.antagonistPMIs ?? 0) > 0 }
            guard !hit.isEmpty else { return .skipped("none came in \(runs.count) runs") }
            let pmis = hit.reduce(0) { $0 + ($1.antagonistPMIs ?? 0) }
            return exactness(hit, exact: "cost nothing: \(pmis) of them")
        }
    }
}
