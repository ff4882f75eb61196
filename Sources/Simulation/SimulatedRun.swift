import Measurement
import Workloads

/// One run, computed from one PMI to the next.
///
/// Positions are counts that the sampled event has really reached (in arm A, conditional branches; on Arm, taken ones or
/// all). What a counter says
/// is its position and a deviation; every fault is a change of a deviation, or of when the next overflow is.
struct SimulatedRun {
    let plan: RunPlan
    let model: SimulatedModel
    let traits: WorkloadTraits
    let clock: SimulatedClock
    var draws: RandomDraws
    var ambient: AmbientDraws
    /// PMIs raised on this bench, this run's included.
    var raisedPMIs: UInt64

    /// Branches of the kind asked for in the whole run: the truth.
    let branches: UInt64
    /// Counts of the counting event in the whole run, were it never wrong.
    let counterTotal: UInt64
    /// The same for the sampled event: the last position.
    let end: UInt64
    var position: UInt64 = 0
    var counterDeviation: Int64 = 0
    var samplerDeviation: Int64 = 0
    /// The sampler's count at which it overflows next; the largest number where it does not.
    var nextOverflow: UInt64 = .max
    /// Counts that are lost once the sampler overflows, because nobody has loaded it meanwhile: the counter's width, or
    /// 0.
    var pendingWrap: UInt64 = 0
    /// Added to every reading.
    var offset: UInt64 = 0

    var pmis: UInt64 = 0
    var throttles: UInt64 = 0
    var lostRecords: UInt64 = 0
    var smis: UInt64 = 0
    var switches: UInt64 = 0
    /// What the condition brings with it, and how often.
    var occasions = ConditionEffects()
    var planted: PlantedLoss?
    var ledger: LedgerBuilder
    /// Interrupts of the sampler in the current tick (`hwc->interrupts`).
    var interruptsInTick: UInt64 = 0
    var currentTick: UInt64 = .max

    init(
        _ plan: RunPlan, _ model: SimulatedModel, asked: SimulatedModel.Selection = .conditional, draws: RandomDraws,
        raisedPMIs: UInt64
    ) {
        self.plan = plan
        self.model = model
        ledger = LedgerBuilder(period: plan.period)
        self.raisedPMIs = raisedPMIs
        self.draws = draws
        let traits = WorkloadTraits(plan.workload, iterations: plan.iterations, asked: asked)
        self.traits = traits
        let phase = self.draws.uniform(0, SimulatedClock.nanosecondsPerSecond / model.ticksPerSecond - 1)
        clock = SimulatedClock(
            branchesPerSecond: model.branchesPerSecond, ticksPerSecond: model.ticksPerSecond, phase: phase)
        ambient = AmbientDraws(model, traits, clock)
        branches = traits.counts
        counterTotal = scaled(model.selection.total(traits.figures), model.countedPerMille, 1000)
        end =
            switch plan.arm {
            case .countingAlone: traits.counts
            case .besideSameEvent, .samplerTotal: counterTotal
            case .besideOtherEvent: traits.figures.instructions
            }
        planted = plan.plantedLoss.map { PlantedLoss(perPMI: $0, total: 0, pmis: 0) }
    }

    mutating func carryOut() throws(MeasurementError) -> RunRecord {
        try refuseCondition()
        let share = try scheduledShare()
        if draws.happens(oneIn: model.offset > 0 ? model.offsetOneIn : 0) { offset = model.offset }
        if draws.happens(oneIn: model.runSurplus > 0 ? model.runSurplusOneIn : 0) {
            counterDeviation += Int64(clamping: model.runSurplus)
            samplerDeviation += Int64(clamping: model.runSurplus)
        }
        let isExhausted = draws.happens(oneIn: model.hostExhaustedOneIn)
        let stop = scaled(end, share.counters, share.events)
        if let period = plan.period, plan.arm.samples, stop > 0, !isExhausted, !samplerIsDead {
            nextOverflow = firstOverflow(period: period)
            takePMIs(period: period, until: stop)
        }
        position = stop
        settle(to: scaled(branches, share.counters, share.events))
        if plan.arm != .samplerTotal { loseAtOwnReloads() }
        endCondition()
        return record(share: share, isExhausted: isExhausted)
    }

    /// Counters that are free for the events of this arm, and events that want one. Instructions have a fixed counter
    /// of their own.
    private mutating func scheduledShare() throws(MeasurementError) -> (counters: UInt64, events: UInt64) {
        if let period = plan.period, plan.arm.samples, period < model.minimumPeriod {
            throw .periodRefused(period, minimum: model.minimumPeriod)
        }
        let extraCounters = plan.extraCounters
        let events: UInt64 = extraCounters + (plan.arm == .besideSameEvent ? 2 : 1)
        let free = freeCounters
        if free < events {
            guard !model.isPinned else {
                throw .noCounter(
                    "\(free) of this simulated PMU's \(model.counters) counters are free, and arm \(plan.arm.rawValue) needs \(events)"
                )
            }
            return (free, events)
        }
        if model.isPinned, draws.happens(oneIn: model.starvedOneIn) {
            throw .noCounter("another user of this simulated PMU took the counter away")
        }
        return (1, 1)
    }

    /// The counter is opened first, so it is the sampler that gets the second one.
    var samplerIsDead: Bool { model.secondCounterIsDead && plan.arm.hasBystander }

    /// Conditional branches at a position.
    var branchPosition: UInt64 { scaled(position, branches, max(1, end)) }
    /// What the counting event has passed at a position.
    var counterPosition: UInt64 { scaled(position, counterTotal, max(1, end)) }
    /// What the sampler says, without the offset.
    var samplerValue: UInt64 { Self.deviated(position, by: samplerDeviation) }

    static func deviated(_ position: UInt64, by deviation: Int64) -> UInt64 {
        deviation >= 0 ? position &+ UInt64(deviation) : position - min(position, deviation.magnitude)
    }

    /// Draws what counters gain and lose up to there, in conditional branches.
    mutating func settle(to branch: UInt64) {
        guard let deviation = ambient.settle(to: branch, using: &draws) else { return }
        counterDeviation += deviation.shared + deviation.counter
        // Instructions are not compared, so theirs are not modelled.
        if plan.arm != .besideOtherEvent { samplerDeviation += deviation.shared + deviation.sampler }
        smis += deviation.smis
        switches += deviation.switches
    }

    /// A counter that nobody samples is loaded with as much as it can hold, and overflows as well
    /// (arch/x86/events/core.c, x86_perf_event_set_period): half its width.
    private mutating func loseAtOwnReloads() {
        let reloads = counterTotal >> (model.counterWidth - 1)
        guard reloads > 0, model.freeze == .overflow else { return }
        // One skid for all of them: they may be too many to be drawn one by one.
        counterDeviation -= Int64(
            clamping: reloads.multipliedReportingOverflow(by: model.skid.draw(using: &draws)).partialValue)
    }
}
