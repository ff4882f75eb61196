import Measurement

/// Question: does an overflow survive the move to another CPU? Method: condition migration, arm B: at each PMI the
/// program is moved to another CPU and back. Expected: both totals exact, and one PMI each overflow. Verdict rule: a
/// missing PMI or count is a finding (migration-loss; Graviton2 loses overflows so, kernel-and-rr.md 3, row 20).
struct MigrationBetweenCPUs: Probe {
    let id = "migration"
    let question = "Do counts and overflows survive the move to another CPU?"
    let title = "moved between CPUs"

    /// Enough to meet what is lost at one move in three.
    private static let moves: UInt64 = 20

    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan] {
        guard let setting = schedule.setting(pmis: Self.moves) else { return [] }
        return [plan(setting, .besideSameEvent, cpu: schedule.cpu).within(.migration)]
    }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        condition(.migration, in: evidence) { runs in
            let moves = runs.reduce(0) { $0 + $1.migrations }
            guard moves > 0 else { return .skipped("no move came about in \(runs.count) runs") }
            let counts = exactness(runs, exact: "exact over \(moves) moves")
            let missing = runs.compactMap(\.missingPMIs).filter { $0 > 0 }.reduce(0, +)
            guard counts.outcome == .clean, missing > 0 else { return counts }
            guard runs.contains(where: { ($0.period ?? 0) >= Observations.shortestUnambiguousPeriod(evidence) }) else {
                return .skipped("the period is too short to tell")
            }
            return ProbeConclusion(
                outcome: .finding, answer: "no: \(missing) PMIs missing over \(moves) moves", runs: runs)
        }
    }
}
