import PerfEvents
import Workloads

extension Machine {
    /// The same, with what Arm's BR_RETIRED counts on the CPU of interest found out by a run there.
    ///
    /// rr takes it for taken branches (src/PerfCounters.cc), Linux's event lists of Neoverse N1, N2 and V2 for branches
    /// "whether the branch is taken or not". Both are right events, each with closed forms of its own. Nothing is changed
    /// where there is no PMU, where the run is refused or disturbed, and where the count is neither: what it is then is for
    /// the diagnosis to say.
    public func knowingWhatItsEventCounts() -> Machine {
        guard let pmu = corePMU, let event = branchEvent, event.counts == .takenBranches,
            let found = Self.branches(of: event, cpu: processor.number),
            let index = branchEvents.firstIndex(where: { $0.pmuName == pmu.name })
        else { return self }
        var machine = self
        machine.branchEvents[index].counts = found
        machine.branchEvents[index].notes = [
            "A run on CPU \(processor.number) found that it counts \(found.words) here."
        ]
        return machine
    }

    private static func branches(of event: RCBEvent, cpu: Int) -> CountedBranches? {
        guard let plan = BranchCalibration.plan(cpu: cpu), var bench = try? KernelBench(.hardware(event), cpu: cpu),
            let record = try? bench.run(plan)
        else { return nil }
        return BranchCalibration.counts(record)
    }
}

/// The run that tells taken branches from all.
package enum BranchCalibration {
    /// A workload whose jumps, calls and branches make the two totals differ. It is part of every build.
    package static func plan(cpu: Int) -> RunPlan? {
        Workload.named("calls-and-jumps").map {
            RunPlan(probe: "event-identity", workload: $0, iterations: 1000, arm: .countingAlone, cpu: cpu)
        }
    }

    /// Nil where the run was disturbed, and where it counted neither.
    package static func counts(_ record: RunRecord) -> CountedBranches? {
        guard !record.isDisturbed, let workload = Workload.named(record.workload) else { return nil }
        let figures = workload.figures(iterations: record.iterations)
        return [CountedBranches.takenBranches, .allBranches].first { figures.branches($0.kind) == record.counted }
    }
}
