import Measurement

/// Question: are branches lost between two CPUIDs? Method: reads arm A of the workload cpu-identification, in which a
/// hypervisor steps in at every iteration. Expected: exact. Verdict rule: a deficit there alone is a finding (cpuid-loss:
/// VMware, rr CPUIDBugDetector; kernel-and-rr.md 3, row 9). If other workloads deviate as well, it is not the CPUIDs.
struct CPUIDPairs: Probe {
    let id = "cpu-identification"
    let question = "Are branches lost between two CPUIDs?"
    let title = "pairs of CPUID"

    private static let workload = "cpu-identification"

    func omission(_ schedule: Schedule) -> String? { schedule.needsCorePMU }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        let runs = evidence.uninterrupted.filter { $0.workload == Self.workload }
        guard !runs.isEmpty else { return .skipped("no such run was made") }
        guard evidence.uninterrupted.allSatisfy({ $0.deviation == 0 || $0.workload == Self.workload }) else {
            return .skipped("runs without a CPUID deviate, too")
        }
        let pairs = runs.reduce(0) { $0 + max(1, $1.iterations) - 1 }
        return exactness(runs, exact: "nothing lost between \(pairs)")
    }
}
