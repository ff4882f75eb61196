import PerfEvents
import Workloads

extension KernelBench {
    /// A run in a circumstance.
    ///
    /// - Throws: ``MeasurementError/unavailable(_:_:)`` where this machine or this event cannot have it.
    func run(_ plan: RunPlan, in circumstance: Circumstance) throws(MeasurementError) -> RunRecord {
        if let reason = impossibility(of: circumstance, plan) { throw .unavailable(circumstance, reason) }
        switch circumstance.kind {
        // Nothing but the plan's own period, length and workload.
        case .highRate, .shortPeriod, .largeCount, .manyLocked: return try runHere(plan)
        case .recorder: throw .unavailable(circumstance, "a recording needs a bench that traces a child")
        case .migration: return try runMigrating(plan, circumstance)
        case .sharedCPU: return try runBesideCompetitor(plan, circumstance)
        case .signals: return try runUnderSignals(plan, circumstance)
        case .periodChange: return try runAfterPeriodChange(plan)
        case .checkpointed: return try runCheckpointed(plan, circumstance)
        case .userSpaceRead: return try runAndReadFromUserSpace(plan, circumstance)
        case .antagonist: return try runBesideAntagonist(plan, circumstance)
        case .companions: return try runAmongCompanions(plan, circumstance)
        case .branchStack:
            return try runWithSampler(EventChanges(takesBranchStacks: true), plan, circumstance)
        case .precise:
            let level = EventChanges(preciseLevel: Int(clamping: circumstance.level ?? 1))
            return try runWithSampler(level, plan, circumstance)
        default: throw .unavailable(circumstance, "this version does not know it")
        }
    }

    /// A reason that is known before anything is tried; nil where there is none.
    private func impossibility(of circumstance: Circumstance, _ plan: RunPlan) -> String? {
        if plan.plantedLoss != nil { return "losses are planted in runs without a circumstance only" }
        if !plan.arm.samples, Self.needSampler.contains(circumstance.kind) {
            return "arm \(plan.arm.rawValue) has no sampler"
        }
        if plan.arm == .samplerTotal, Self.needCounter.contains(circumstance.kind) {
            return "arm \(plan.arm.rawValue) has no counter beside the sampler"
        }
        if source == .breakpoint, let reason = Self.impossibleOnBreakpoints[circumstance.kind] { return reason }
        return nil
    }

    private static let needSampler: Set<Circumstance.Kind> = [.migration, .periodChange, .branchStack, .precise]
    private static let needCounter: Set<Circumstance.Kind> = [.checkpointed, .userSpaceRead]

    /// What the kernel refuses for breakpoints, or takes without heeding it (kernel/events/hw_breakpoint.c).
    private static let impossibleOnBreakpoints: [Circumstance.Kind: String] = [
        .checkpointed: "a breakpoint is no event of the core PMU, and only those have checkpoints",
        .branchStack: "a breakpoint takes no branch stack: the kernel has those from the core PMU alone",
        .precise: "a breakpoint has no skid: the kernel does not look at precise_ip there",
    ]

    /// A run whose sampler is opened with further attributes, which not every PMU has.
    private func runWithSampler(
        _ changes: EventChanges, _ plan: RunPlan, _ circumstance: Circumstance
    ) throws(MeasurementError) -> RunRecord {
        if circumstance.kind == .precise, !(1...3).contains(circumstance.level ?? 1) {
            throw .unavailable(circumstance, "precise_ip goes from 1 to 3")
        }
        return try runUnlessRefused(plan, circumstance, changes)
    }

    /// A run with changed events, where a kernel that does not take the change is no error.
    func runUnlessRefused(
        _ plan: RunPlan, _ circumstance: Circumstance, _ changes: EventChanges,
        prepare: (borrowing RunEvents) throws(MeasurementError) -> Void = { (_: borrowing RunEvents) in }
    ) throws(MeasurementError) -> RunRecord {
        do throws(MeasurementError) {
            return try runHere(plan, changes: changes, prepare: prepare)
        } catch {
            guard case .perf(let refusal) = error, refusal.operation == .open, Self.refusals.contains(refusal.code)
            else { throw error }
            let said = refusal.errno.map { "\($0)" } ?? refusal.explanation
            throw .unavailable(circumstance, "the kernel refuses \(refusal.subject) \(changes.words): \(said)")
        }
    }

    /// Codes that say something of the attributes, not of the rights of this process or of the event alone.
    private static let refusals: Set<PerfError.Code> = [
        .eventUnsupported, .samplingUnsupported, .invalidAttributes, .other,
    ]
}
