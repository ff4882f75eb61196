import Measurement

// From one overflow to the next.
extension SimulatedRun {
    /// Branches on the disabling system call's way to the event: a PMI that comes later finds it disabled, and leaves
    /// no sample.
    private static let branchesToDisable: UInt64 = 500

    mutating func takePMIs(period: UInt64, until stop: UInt64) {
        while true {
            settle(to: scaled(min(stop, position &+ min(countsToOverflow, stop)), branches, end))
            // What was gained or lost on the way makes the overflow come sooner or later.
            let advance = countsToOverflow
            guard advance <= stop - position else { return }
            position += advance
            overflow(period: period, until: stop)
        }
    }

    /// In 128 bits, because what was lost early in a run leaves the counter below where it began.
    private var countsToOverflow: UInt64 {
        UInt64(clamping: Int128(nextOverflow) - Int128(position) - Int128(samplerDeviation))
    }

    private mutating func overflow(period: UInt64, until stop: UInt64) {
        raisedPMIs += 1
        samplerDeviation -= Int64(clamping: pendingWrap)
        nextOverflow -= pendingWrap
        pendingWrap = 0
        let window = drawWindow()
        let remaining = scaled(stop, branches, end) - branchPosition
        let isLostByMigration = occasions.takeLostOverflow()
        let isLost = losesPMI(window) || isLostByMigration
        let passed = min(events(inBranches: min(window.userBranches, remaining)), stop - position)
        let dropped = model.drop > 0 && draws.happens(oneIn: model.dropOneIn) ? model.drop : 0
        let droppedBefore = min(dropped, passed)
        // Counters that froze for a PMI that never comes would never run again: those PMIs are lost without a freeze.
        if model.freeze == .overflow, !isLost, draws.happens(oneIn: model.freezeOneIn) {
            pass(passed, counterMisses: true, samplerMisses: passed)
        } else {
            pass(passed, samplerMisses: droppedBefore)
        }
        if model.surplus > 0, draws.happens(oneIn: model.surplusOneIn) {
            samplerDeviation += Int64(clamping: model.surplus)
        }
        if isLostByMigration {
            // The event was loaded anew on the other CPU, so that the next overflow interrupts again.
            reload(period: period)
        } else if isLost {
            loseReload(period: period)
        } else if window.userBranches - min(window.userBranches, remaining) > Self.branchesToDisable {
            nextOverflow = .max
        } else {
            deliver()
            pass(
                min(dropped - droppedBefore, stop - position),
                samplerMisses: min(dropped - droppedBefore, stop - position))
            plant(until: stop)
            throttle(until: stop)
            reload(period: period)
        }
    }

    private mutating func drawWindow() -> SkidWindow {
        var skid = model.skid.draw(using: &draws)
        if draws.happens(oneIn: model.latePMIOneIn) { skid += draws.uniform(model.latePMIBy.low, model.latePMIBy.high) }
        if skid > 0, draws.happens(oneIn: model.skidInKernelOneIn) {
            return SkidWindow(userBranches: draws.uniform(0, skid - 1), endsInKernel: true)
        }
        return SkidWindow(
            skid: skid, at: branchPosition, in: traits, kernelBranchesPerEntry: model.kernelBranchesPerEntry)
    }

    private mutating func losesPMI(_ window: SkidWindow) -> Bool {
        if model.losesPMIsInKernel, window.endsInKernel { return true }
        guard model.lostPMIOneIn > 0 else { return false }
        return model.lostPMIIsRandom
            ? draws.happens(oneIn: model.lostPMIOneIn) : raisedPMIs % model.lostPMIOneIn == 0
    }

    /// Counts of the sampled event that so many conditional branches make.
    private func events(inBranches count: UInt64) -> UInt64 { scaled(count, end, max(1, branches)) }

    /// The program goes on; counters may miss it.
    private mutating func pass(_ count: UInt64, counterMisses: Bool = false, samplerMisses: UInt64) {
        let before = counterPosition
        position += count
        if counterMisses { counterDeviation -= Int64(clamping: counterPosition - before) }
        samplerDeviation -= Int64(clamping: samplerMisses)
    }

    /// The interrupt is taken: a sample, and another one where it comes twice.
    private mutating func deliver() {
        sample()
        if draws.happens(oneIn: model.duplicatePMIOneIn) { sample() }
        let leak = Int64(clamping: model.interruptLeak)
        counterDeviation += leak
        if plan.arm != .besideOtherEvent { samplerDeviation += leak }
        conditionAtPMI()
    }

    private mutating func sample() {
        guard !draws.happens(oneIn: model.lostRecordOneIn) else {
            lostRecords += 1
            return
        }
        pmis += 1
        // The simulated program has no instruction pointer, and the sampled instructions have no position, as on
        // silicon.
        ledger.add(
            LedgerRow(
                index: pmis, time: clock.nanoseconds(branches: branchPosition, pmis: pmis), offset: nil,
                truePosition: plan.arm == .besideOtherEvent ? nil : branchPosition,
                counted: kept(samplerValue &+ offset)))
    }

    /// The positive control: both events are disabled while so many branches pass.
    private mutating func plant(until stop: UInt64) {
        guard let perPMI = planted?.perPMI else { return }
        let before = branchPosition
        let count = min(events(inBranches: perPMI), stop - position)
        pass(count, counterMisses: true, samplerMisses: count)
        let passed = branchPosition - before
        planted?.total += passed
        planted?.pmis += 1
    }

    /// The kernel stops an event at so many interrupts in a tick, until the next one (kernel/events/core.c,
    /// `__perf_event_account_interrupt`); max_samples_per_tick is sample rate ÷ HZ, rounded up. The bystander, in a
    /// group of its own, goes on.
    private mutating func throttle(until stop: UInt64) {
        let now = clock.nanoseconds(branches: branchPosition, pmis: pmis)
        let tick = clock.tick(at: now)
        if tick.number != currentTick {
            currentTick = tick.number
            interruptsInTick = 0
        }
        interruptsInTick += 1
        let most = (model.maxSampleRate + model.ticksPerSecond - 1) / model.ticksPerSecond
        guard interruptsInTick >= most else { return }
        throttles += 1
        let rest = min(events(inBranches: clock.branches(inNanoseconds: tick.remaining)), stop - position)
        let stopsCounter = model.throttleStopsGroup && plan.condition?.kind == .groupThrottling
        pass(rest, counterMisses: stopsCounter, samplerMisses: rest)
        ledger.resume()
        moveThrottled(since: now)
    }

    /// Overflows stay multiples of the period, unless one was passed already; never less than 2 ahead
    /// (arch/x86/events/core.c, x86_perf_event_set_period).
    private mutating func reload(period: UInt64) {
        let value = samplerValue
        let isPassed = value >= nextOverflow &+ period
        nextOverflow = max(isPassed ? value &+ period : nextOverflow &+ period, value &+ 2)
    }

    /// The PMI is lost, and with it the load of the counter, or not.
    private mutating func loseReload(period: UInt64) {
        switch model.afterLostPMI {
        case .single: reload(period: period)
        case .untilReload:
            // It runs on from 0 and overflows again when it is full; what it held then is gone.
            pendingWrap = 1 << model.counterWidth
            nextOverflow = nextOverflow &+ pendingWrap
        }
    }
}
