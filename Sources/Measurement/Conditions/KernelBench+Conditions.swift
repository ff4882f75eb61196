import PerfEvents
import Workloads

extension KernelBench {
    /// A run under a condition.
    ///
    /// - Throws: ``MeasurementError/unavailable(_:_:)`` where this machine or this event cannot have it.
    func run(_ plan: RunPlan, in condition: Condition) throws(MeasurementError) -> RunRecord {
        if let reason = impossibility(of: condition, plan) { throw .unavailable(condition, reason) }
        switch condition.kind {
        // Nothing but the plan's own period, length and workload.
        case .highRate, .shortPeriod, .largeCount, .manyLocked: return try runHere(plan)
        case .recorder: return try runRecording(plan, condition)
        case .migration: return try runMigrating(plan, condition)
        case .sharedCPU: return try runBesideCompetitor(plan, condition)
        case .signals: return try runUnderSignals(plan, condition)
        case .throttling: return try runThrottledAndMoved(plan, condition)
        case .groupThrottling: return try runHere(plan, changes: EventChanges(joinsGroups: true))
        case .periodChange: return try runAfterPeriodChange(plan)
        case .checkpointed: return try runCheckpointed(plan, condition)
        case .userSpaceRead: return try runAndReadFromUserSpace(plan, condition)
        case .antagonist: return try runBesideAntagonist(plan, condition)
        case .extraCounters: return try runBesideExtraCounters(plan, condition)
        case .branchStack:
            return try runWithSampler(EventChanges(takesBranchStacks: true), plan, condition)
        case .precise:
            let level = EventChanges(preciseLevel: Int(clamping: condition.level ?? 1))
            return try runWithSampler(level, plan, condition)
        default: throw .unavailable(condition, "this version does not know this condition")
        }
    }

    /// A reason that is known before anything is tried; nil where there is none.
    private func impossibility(of condition: Condition, _ plan: RunPlan) -> String? {
        if plan.plantedLoss != nil { return "losses are planted only in runs without a condition" }
        if !plan.arm.samples, Self.needSampler.contains(condition.kind) {
            return "arm \(plan.arm.rawValue) has no sampler"
        }
        if plan.arm == .samplerTotal, Self.needCounter.contains(condition.kind) {
            return "arm \(plan.arm.rawValue) has no counter beside the sampler"
        }
        if source == .breakpoint, let reason = Self.impossibleOnBreakpoints[condition.kind] { return reason }
        #if arch(arm64)
            if condition.kind == .precise { return "Arm's PMU driver ignores precise_ip (drivers/perf/arm_pmu.c)" }
        #endif
        return nil
    }

    private static let needSampler: Set<Condition.Kind> = [
        .migration, .periodChange, .branchStack, .precise, .groupThrottling,
    ]
    private static let needCounter: Set<Condition.Kind> = [.checkpointed, .userSpaceRead, .groupThrottling]

    /// What the kernel refuses for breakpoints, takes without heeding it (kernel/events/hw_breakpoint.c), or counts twice.
    private static let impossibleOnBreakpoints: [Condition.Kind: String] = {
        var reasons = refusedForBreakpoints
        // The kernel steps over the instruction; a signal that comes before it takes the step along into its handler, and
        // when that returns, the breakpoint is hit again (arch/arm64/kernel/signal.c, hw_breakpoint.c).
        #if arch(arm64)
            reasons[.signals] =
                "on arm64 a breakpoint counts its instruction again where a signal's handler came before it"
        #endif
        return reasons
    }()

    private static let refusedForBreakpoints: [Condition.Kind: String] = [
        .checkpointed: "a breakpoint is not an event of the core PMU, and only those can be checkpointed",
        .branchStack: "a breakpoint takes no branch stack: only the core PMU provides them",
        .precise: "a breakpoint has no skid, so the kernel ignores precise_ip",
    ]

    /// A run whose sampler is opened with further attributes, which not every PMU has.
    private func runWithSampler(
        _ changes: EventChanges, _ plan: RunPlan, _ condition: Condition
    ) throws(MeasurementError) -> RunRecord {
        if condition.kind == .precise, !(1...3).contains(condition.level ?? 1) {
            throw .unavailable(condition, "precise_ip must be 1 to 3")
        }
        return try runUnlessRefused(plan, condition, changes)
    }

    /// A run with changed events, where a kernel that does not take the change is no error.
    func runUnlessRefused(
        _ plan: RunPlan, _ condition: Condition, _ changes: EventChanges,
        prepare: (borrowing RunEvents) throws(MeasurementError) -> Void = { (_: borrowing RunEvents) in }
    ) throws(MeasurementError) -> RunRecord {
        do throws(MeasurementError) {
            return try runHere(plan, changes: changes, prepare: prepare)
        } catch {
            guard case .perf(let refusal) = error, refusal.operation == .open, Self.refusals.contains(refusal.code)
            else { throw error }
            let said = refusal.errno.map { "\($0)" } ?? refusal.explanation
            throw .unavailable(condition, "the kernel refuses \(refusal.subject) \(changes.words): \(said)")
        }
    }

    /// Codes that say something of the attributes, not of the rights of this process or of the event alone.
    private static let refusals: Set<PerfError.Code> = [
        .eventUnsupported, .samplingUnsupported, .invalidAttributes, .other,
    ]
}
