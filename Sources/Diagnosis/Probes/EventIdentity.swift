import Measurement
import Workloads

/// Question: does the event count what it is taken for? Method: reads arm A: each count is compared with the other closed
/// forms of the same run: taken branches, all branches. Expected: the event's own, in every run. Verdict rule: another
/// closed form that fits every run is a finding (kernel-and-rr.md 3, rows 18, 19 and 28: COND_TAKEN, umask2 dropped, all
/// branches); a count that fits none is no matter of identity.
struct EventIdentity: Probe {
    let id = "event-identity"
    let question = "Does the event count what it is taken for?"
    let title = "event is the right one"

    /// What else an event of a like encoding counts.
    private static let others: [(name: String, count: @Sendable (WorkloadFigures) -> UInt64)] = [
        ("conditional branches, taken or not", { $0.conditionalBranches }),
        (
            "taken conditional branches only",
            { $0.takenBranches - ($0.branches - $0.conditionalBranches) }
        ),
        ("taken branches of every kind", { $0.takenBranches }),
        ("branches of every kind", { $0.branches }),
    ]

    func omission(_ schedule: Schedule) -> String? { schedule.needsCorePMU }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        let runs = evidence.uninterrupted
        guard !runs.isEmpty else { return .skipped("no undisturbed run was made") }
        let figures = runs.compactMap { run in
            Workload.named(run.workload).map { ($0.figures(iterations: run.iterations), run.counted) }
        }
        let fitting = Self.others.first { other in figures.allSatisfy { other.count($0.0) == $0.1 } }
        if runs.allSatisfy({ $0.deviation == 0 }) {
            return ProbeConclusion(outcome: .clean, answer: "yes: \(fitting?.name ?? "its closed form")", runs: runs)
        }
        guard let fitting else { return .skipped("runs deviate, and no other closed form fits them") }
        return ProbeConclusion(outcome: .finding, answer: "no: it counts \(fitting.name)", runs: runs)
    }
}
