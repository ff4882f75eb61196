import Measurement

/// Question: does a checkpointed event (Intel's IN_TXCP) keep its counts? Method: condition checkpointed, arm A, after
/// the event was disabled and enabled again (rr check_for_kvm_in_txcp_bug). Expected: exact, or nothing at all where it is
/// not supported. Verdict rule: a smaller count is a finding (checkpoint-loss; kernel-and-rr.md 3, row 6).
struct CheckpointedEvent: Probe {
    let id = "checkpointed"
    let question = "Does a checkpointed event keep its counts?"
    let title = "checkpointed event"

    func omission(_ schedule: Schedule) -> String? { schedule.needsCorePMU }

    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan] {
        guard let setting = schedule.setting(pmis: 3) else { return [] }
        return [plan(setting, .countingAlone, cpu: schedule.cpu).within(.checkpointed)]
    }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        condition(.checkpointed, in: evidence) { runs in
            let counting = runs.filter { $0.counted > 0 }
            return counting.isEmpty ? .skipped("it counts nothing here") : exactness(counting, exact: "exact")
        }
    }
}
