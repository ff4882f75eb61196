import PerfEvents
import Workloads

extension KernelBench {
    /// The program is moved to another CPU at the first PMI, back at the second, and so on. It is stopped meanwhile, so
    /// what it runs between two PMIs it runs on one CPU.
    func runMigrating(_ plan: RunPlan, _ condition: Condition) throws(MeasurementError) -> RunRecord {
        let other = MigrationTarget.other(
            than: pinned.cpu, among: pinned.allowedBefore, pmu: events.corePMU(of: pinned.cpu))
        let target = try other.get(orUnavailable: condition)
        var run = try TracedRun(plan, events, on: pinned)
        var place = run.cpu
        return try run.carryOut(
            endingOn: { place },
            atPMI: { (run: inout TracedRun) throws(MeasurementError) in
                let next = place == run.cpu ? target : run.cpu
                try run.move(to: next)
                place = next
            })
    }
}

/// The CPU to move to.
enum MigrationTarget {
    case cpu(Int)
    case none(reason: String)

    /// - Parameter pmu: that of the events, on a machine with one or several; nil where every CPU counts them.
    static func other(than cpu: Int, among allowed: [Int], pmu: PMUDevice?) -> MigrationTarget {
        let others = allowed.filter { $0 != cpu }
        guard !others.isEmpty else { return .none(reason: "CPU \(cpu) is the only CPU that this process may use") }
        // An event of one core type does not count on the others (rr issue #3338).
        guard let target = others.first(where: { pmu?.serves(cpu: $0) ?? true }) else {
            return .none(reason: "CPU \(cpu) is the only allowed CPU of its core type (\(pmu?.name ?? "cpu"))")
        }
        return .cpu(target)
    }

    func get(orUnavailable condition: Condition) throws(MeasurementError) -> Int {
        switch self {
        case .cpu(let cpu): return cpu
        case .none(let reason): throw .unavailable(condition, reason)
        }
    }
}
