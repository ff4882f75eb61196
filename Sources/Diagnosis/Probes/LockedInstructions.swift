import Measurement
import Workloads

/// Question: do locked instructions add to the count? Method: condition many-locked, arm A, at least 100,000 of them:
/// a single one misses the fault 15 times in 16 (kernel-and-rr.md 2.4, no. 9). Expected: exact. Verdict rule: a surplus
/// is a finding (lock-surplus; AMD's SpecLockMap, rr issue 2034).
struct LockedInstructions: Probe {
    let id = "locked-instructions"
    let question = "Do 100,000 locked instructions add to the count?"
    let title = "locked instructions"

    private static let workload = "locked"
    /// 7 locked instructions each on x86-64, 3 pairs of exclusive load and store on aarch64 (locked.S).
    private static let iterations: UInt64 = 40_000

    func omission(_ schedule: Schedule) -> String? { schedule.needsCorePMU }

    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan] {
        guard var setting = schedule.setting(Self.workload, pmis: 3) else { return [] }
        setting.iterations = Self.iterations
        return [plan(setting, .countingAlone, cpu: schedule.cpu).within(.manyLocked)]
    }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        condition(.manyLocked, in: evidence) { exactness($0, exact: "add nothing, over 100,000 a run") }
    }
}
