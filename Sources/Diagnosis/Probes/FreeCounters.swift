import Measurement

/// Question: how many counters of this event are really free? Method: condition extraCounters: arm A beside 1, 2, 3, …
/// further pinned counters of the same event, each in a group of its own, until one finds no counter. Expected: as many
/// as the CPU has, less what the NMI watchdog and other users hold (kernel-and-rr.md 3, rows 13 and 14). Verdict rule: a
/// counter that counts beside others has to be exact; one that is not to be had is an answer and no fault.
struct FreeCounters: Probe {
    let id = "free-counters"
    let question = "How many counters of this event are really free?"
    let title = "free counters"

    /// One more than any core PMU of rr's table has, and than x86 has breakpoints.
    private static func most(_ source: CounterSource) -> UInt64 { source == .breakpoint ? 4 : 9 }

    func omission(_ schedule: Schedule) -> String? { schedule.needsStandard(seconds: "0.1") }

    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan] {
        guard round < 2, let setting = schedule.setting(pmis: 3) else { return [] }
        return (1...Self.most(schedule.source)).map {
            plan(setting, .countingAlone, cpu: schedule.cpu).within(.extraCounters, level: $0)
        }
    }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        let runs = evidence.runs(in: .extraCounters).filter { !$0.isDisturbed }
        let refused = evidence.refusals.filter { $0.condition.kind == .extraCounters }
        let starved = evidence.runs(in: .extraCounters).filter(\.isDisturbed)
        guard !runs.isEmpty else {
            // Whether there is one at all is not this probe's question: the four arms have shown it.
            guard let first = refused.first else {
                return starved.isEmpty ? .skipped("no run was made") : .skipped("1 counter: none beside it was free")
            }
            return .skipped(first.reason)
        }
        let free = (runs.compactMap { $0.extraCountersCounting ?? $0.condition?.level }.max() ?? 0) + 1
        let isLimit = !refused.isEmpty || !starved.isEmpty
        return exactness(runs, exact: isLimit ? "\(free)" : "at least \(free)")
    }
}
