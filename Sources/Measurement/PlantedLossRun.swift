import PerfEvents
import Workloads

/// The positive control: a run in a traced child that loses a known number of counts at each PMI.
///
/// At each stop the kernel disables both events, the child is single-stepped until its own registers say that enough
/// has passed, and both are enabled again.
struct PlantedLossRun: ~Copyable {
    private var run: TracedRun
    private let loss: UInt64

    init(_ plan: RunPlan, _ events: CountedEvents, loss: UInt64, on pinned: borrowing PinnedThread)
        throws(MeasurementError)
    {
        run = try TracedRun(plan, events, on: pinned)
        self.loss = loss
    }

    mutating func carryOut() throws(MeasurementError) -> RunRecord {
        var planted = PlantedLoss(perPMI: loss, total: 0, pmis: 0)
        var record = try run.carryOut { (run: inout TracedRun) throws(MeasurementError) in
            planted.pmis += 1
            if planted.perPMI > 0 { planted.total += try run.lose(planted.perPMI) }
        }
        record.planted = planted
        return record
    }
}

extension TracedRun {
    /// Lets that many counts, or a few more, pass uncounted, and says how many did.
    fileprivate mutating func lose(_ wanted: UInt64) throws(MeasurementError) -> UInt64 {
        // The signal may stop the child before or after the branch that its breakpoint stands on. One step with the
        // counters still enabled, and that branch has been counted exactly once, whichever it was.
        try step()
        let before = try position()
        // Past the end there is nothing left to lose, and the counters must not come back to count what follows.
        guard before + wanted < events.expected(plan.workload, iterations: plan.iterations) else { return 0 }
        try perf { () throws(PerfError) in try opened.disableAll() }
        var now = before
        var isPast = false
        while !isPast {
            try step()
            now = try position()
            guard now >= before + wanted else { continue }
            isPast = try !standsBeforeTheCountedBranch()
        }
        try perf { () throws(PerfError) in try opened.enableAll() }
        return now - before
    }

    /// Counts reached by the child's own registers.
    private func position() throws(MeasurementError) -> UInt64 {
        let registers = try registers()
        let position = events.truePosition(
            plan.workload, iterations: plan.iterations, registers: registers, samplesOtherEvent: false)
        guard let position else {
            throw .implausible("the child of \(plan.workload.name) stands outside its routine at a PMI")
        }
        return position
    }

    /// A breakpoint counts before its instruction executes. If the counter came back right there, the branch that has
    /// been passed already would be counted.
    private func standsBeforeTheCountedBranch() throws(MeasurementError) -> Bool {
        guard events.source == .breakpoint else { return false }
        return try registers().instructionPointer == UInt64(plan.workload.site)
    }
}
