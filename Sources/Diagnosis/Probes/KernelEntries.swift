import Measurement
import Workloads

/// Question: do branches of the kernel leak into user counts? Method: reads arm A of the workloads that enter the kernel
/// in every iteration, system-calls and page-faults, and the time all runs of arm A took, in which the timer interrupted.
/// Expected: exact, as events exclude the kernel. Verdict rule: a run of those workloads that deviates while the others
/// are exact is a finding. If others deviate as well, it is not the kernel's entry.
struct KernelEntries: Probe {
    let id = "kernel-entries"
    let question = "Do system calls, page faults or timer interrupts leak into user counts?"
    let title = "system calls and faults"

    private static let entering: Set<String> = ["system-calls", "page-faults"]

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        let all = evidence.uninterrupted
        let runs = all.filter { Self.entering.contains($0.workload) }
        guard !runs.isEmpty else { return .skipped("no such run was made") }
        guard all.allSatisfy({ $0.deviation == 0 || Self.entering.contains($0.workload) }) else {
            return .skipped("runs that make no system call deviate, too")
        }
        let calls = runs.reduce(0) { sum, run in
            sum + (Workload.named(run.workload)?.figures(iterations: run.iterations).systemCalls ?? 0)
        }
        let milliseconds = all.reduce(0) { $0 + $1.timeEnabled } / 1_000_000
        return exactness(runs, exact: "none leaks: \(calls) calls, \(milliseconds) ms of ticks")
    }
}
