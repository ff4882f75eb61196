import Measurement

/// The facts that maintainers of perf and of rr ask for (reporting-issues.rst, rr's issues): what `truecount info`
/// prints, less what has no bearing on a count.
enum BugReportMachine {
    static func lines(_ report: Report) -> [String] {
        guard report.source != .simulated else {
            return [Summary.scope(report)]
        }
        let skipped: Set<String> = ["NMIs since boot", "PMIs since boot", "CAP_PERFMON", "CAP_SYS_ADMIN", "seccomp"]
        return MachineFacts.all(report.environment).filter { !skipped.contains($0.label) }
            .map { "* \($0.label): \($0.value)" }
    }
}
