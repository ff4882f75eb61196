import Measurement

/// Question: do branch stacks cost counts? Method: condition branch-stack, arm B, the sampler also takes branch stacks
/// (LBR): AMD's PerfMonV2 may freeze counters with them (kernel-and-rr.md 1.6). Expected: both totals and the ledger
/// exact. Verdict rule: a deviation is a finding.
struct BranchStackBeside: Probe {
    let id = "branch-stack"
    let question = "Do branch stacks, taken at PMIs, cost counts?"
    let title = "branch stacks beside"

    func omission(_ schedule: Schedule) -> String? { schedule.needsCorePMU ?? schedule.needsStandard(seconds: "0.1") }

    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan] {
        guard let setting = schedule.setting(pmis: 10) else { return [] }
        return [plan(setting, .besideSameEvent, cpu: schedule.cpu).within(.branchStack)]
    }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        condition(.branchStack, in: evidence) { exactness($0, exact: "exact") }
    }
}
