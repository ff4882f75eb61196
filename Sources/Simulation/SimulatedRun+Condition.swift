import Measurement

/// What a condition brings with it in one run.
struct ConditionEffects {
    var migrations: UInt64 = 0
    var signals: UInt64?
    var antagonistPMIs: UInt64?
    var throttledMoves: UInt64 = 0
    /// Whether the next overflow is the one that a migration has lost.
    var nextOverflowIsLost = false

    /// True once for each lost overflow.
    mutating func takeLostOverflow() -> Bool {
        defer { nextOverflowIsLost = false }
        return nextOverflowIsLost
    }
}

extension SimulatedModel {
    /// Context switches a second of a CPU that two processes want: a time slice is a few milliseconds
    /// (kernel/sched/fair.c, base_slice_ns).
    private static let switchesOfSharedCPU: UInt64 = 250

    /// The machine as it is while that is going on.
    func within(_ condition: Condition?) -> SimulatedModel {
        guard condition?.kind == .sharedCPU else { return self }
        var model = self
        model.switchesPerSecond = max(switchesPerSecond, Self.switchesOfSharedCPU)
        return model
    }
}

// What a run does besides the four arms. What the model does wrong anyhow, it does here as well.
extension SimulatedRun {
    /// Between two signals; and between two interrupts of another user's sampler.
    private static let nanosecondsPerSignal: UInt64 = 100_000
    private static let nanosecondsPerForeignPMI: UInt64 = 1_000_000
    /// Between two signals at which events take turns (Measurement, CounterMoves).
    private static let nanosecondsBetweenMoves: UInt64 = 3_700_000
    /// Readings from user space that a run makes, and the most branches between a reading and the next.
    private static let userSpaceReadings = 8
    private static let branchesPerReading: UInt64 = 20
    /// A sampler that waits for its new period was opened with this one (rr check_for_ioc_period_bug).
    private static let periodBeforeChange: UInt64 = 0xffff_ffff

    func refuseCondition() throws(MeasurementError) {
        guard let condition = plan.condition, condition.kind == .precise else { return }
        guard let level = condition.level, level <= model.preciseLevels else {
            throw .unavailable(condition, "this simulated PMU is precise up to level \(model.preciseLevels)")
        }
    }

    func firstOverflow(period: UInt64) -> UInt64 {
        plan.condition?.kind == .periodChange && model.ignoresPeriodChange ? Self.periodBeforeChange : period
    }

    var freeCounters: UInt64 { model.counters - min(model.counters, model.takenCounters) }

    mutating func conditionAtPMI() {
        switch plan.condition?.kind {
        case .migration:
            occasions.migrations += 1
            occasions.nextOverflowIsLost = draws.happens(oneIn: model.migrationLosesOverflowOneIn)
        case .branchStack:
            counterDeviation -= Int64(clamping: model.branchStackLoss)
            samplerDeviation -= Int64(clamping: model.branchStackLoss)
        case .precise:
            samplerDeviation -= Int64(clamping: model.preciseDrop)
        default: break
        }
    }

    /// Moves to other counters while the sampler was stopped: at every other signal, as the kernel's bench makes them.
    mutating func moveThrottled(since stopped: UInt64) {
        guard plan.condition?.kind == .throttling else { return }
        let moves =
            Self.moves(until: clock.nanoseconds(branches: branchPosition, pmis: pmis)) - Self.moves(until: stopped)
        occasions.throttledMoves += moves
        if moves > 0 { samplerDeviation += Int64(clamping: model.throttleJump) }
    }

    private static func moves(until nanoseconds: UInt64) -> UInt64 {
        (nanoseconds / nanosecondsBetweenMoves + 1) / 2
    }

    /// What comes with time is counted up at the end.
    mutating func endCondition() {
        switch plan.condition?.kind {
        case .checkpointed:
            counterDeviation -= Int64(clamping: model.checkpointLoss)
        case .signals:
            let signals = elapsed / Self.nanosecondsPerSignal
            occasions.signals = signals
            deviateAll(by: Int64(clamping: signals * (model.signalLeak + model.kernelLeak)))
        case .antagonist:
            let interrupts = elapsed / Self.nanosecondsPerForeignPMI
            occasions.antagonistPMIs = interrupts
            deviateAll(by: Int64(clamping: interrupts * model.interruptLeak))
            guard model.freeze == .overflow else { return }
            for _ in 0..<interrupts where draws.happens(oneIn: model.freezeOneIn) {
                deviateAll(by: -Int64(clamping: model.skid.draw(using: &draws)))
            }
        default: break
        }
    }

    private var elapsed: UInt64 { clock.nanoseconds(branches: branches, pmis: pmis) }

    private mutating func deviateAll(by counts: Int64) {
        counterDeviation += counts
        samplerDeviation += counts
    }

    /// As much of a count as reaches the reader.
    func kept(_ count: UInt64) -> UInt64 {
        model.countBits == 0 ? count : count & (1 << model.countBits - 1)
    }

    mutating func addCondition(to record: inout RunRecord) {
        switch plan.condition?.kind {
        case .migration: record.migrations = occasions.migrations
        case .signals: record.signals = occasions.signals
        case .antagonist: record.antagonistPMIs = occasions.antagonistPMIs
        case .throttling: record.throttledMoves = occasions.throttledMoves
        case .extraCounters: record.extraCountersCounting = min(plan.extraCounters, freeCounters)
        case .userSpaceRead: record.userSpaceReadings = readings(from: record.counted)
        default: break
        }
    }

    private mutating func readings(from counted: UInt64) -> [UserSpaceReading] {
        let width: UInt64 = 1 << model.counterWidth
        var count = counted
        return (0..<Self.userSpaceReadings).map { _ in
            let before = count
            let read = before + draws.uniform(0, Self.branchesPerReading)
            count = read + draws.uniform(0, Self.branchesPerReading)
            guard !model.rdpmcIsDisabled else { return UserSpaceReading(before: before, read: 0, after: count, raw: 0) }
            // A counter is loaded with half its width below 0, so that it does not overflow soon.
            let raw = (read &+ model.rdpmcOffset &+ width / 2) & (width - 1)
            return UserSpaceReading(before: before, read: read &+ model.rdpmcOffset, after: count, raw: raw)
        }
    }
}

extension RunPlan {
    /// Further counters that are open.
    var extraCounters: UInt64 { condition?.kind == .extraCounters ? condition?.level ?? 0 : 0 }
}
