import Measurement

/// Question: does the counter-reading instruction agree with read(2)? Method: condition user-space-read, arm A: some
/// readings with `rdpmc`, each between two by read(2). Expected: each between its neighbours. Verdict rule: one outside is
/// a finding (rdpmc-disagrees); a raw 0 means that it is disabled (kernel commit 59af95e028d4).
struct UserSpaceRead: Probe {
    let id = "user-space-read"
    let question = "Does reading the counter from user space agree with read(2)?"
    let title = "rdpmc agrees with read"

    func omission(_ schedule: Schedule) -> String? { schedule.needsCorePMU }

    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan] {
        guard let setting = schedule.setting(pmis: 3) else { return [] }
        return [plan(setting, .countingAlone, cpu: schedule.cpu).within(.userSpaceRead)]
    }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        condition(.userSpaceRead, in: evidence) { runs in
            let readings = runs.flatMap { $0.userSpaceReadings ?? [] }
            guard !readings.isEmpty else { return .skipped("no reading was made") }
            let counts = exactness(runs, exact: "yes, \(readings.count) readings")
            let wrong = readings.count { !$0.agrees }
            guard counts.outcome == .clean, wrong > 0 else { return counts }
            let answer =
                readings.allSatisfy { $0.raw == 0 }
                ? "no: it gives 0, as if disabled" : "no: \(wrong) of \(readings.count) readings differ"
            return ProbeConclusion(outcome: .finding, answer: answer, runs: runs)
        }
    }
}
