import CPerf
import SystemPackage

extension KernelBench {
    /// Another process wants this CPU for the whole run. That the kernel switched between the two is seen in
    /// `involuntarySwitches`.
    func runBesideCompetitor(_ plan: RunPlan, _ condition: Condition) throws(MeasurementError) -> RunRecord {
        let competitor = try Competitor(condition)
        let record = try runHere(plan)
        _ = consume competitor
        return record
    }
}

/// Owns a process that burns the CPU which the calling thread is bound to, until this value ends or the thread does.
struct Competitor: ~Copyable {
    let processID: Int32

    init(_ condition: Condition) throws(MeasurementError) {
        let started = cperf_competitor_start()
        guard started >= 0 else {
            let errno = Errno(rawValue: -started)
            throw .unavailable(condition, "the kernel starts no second process: \(errno); raise ulimit -u")
        }
        processID = started
    }

    deinit {
        _ = cperf_child_kill(processID)
    }
}
