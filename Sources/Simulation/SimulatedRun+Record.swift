import Measurement

// The record that the kernel's bench would make of such a run.
extension SimulatedRun {
    mutating func record(share: (counters: UInt64, events: UInt64), isExhausted: Bool) -> RunRecord {
        let counter = reading(total: counterPosition, counterDeviation, isExhausted: isExhausted)
        // A sampler of instructions is read, too, though nobody knows what it should say.
        let sampler = reading(total: position, samplerDeviation, isExhausted: isExhausted, isDead: samplerIsDead)
        var record = RunRecord(
            plan, event: SimulatedBench.eventName, expected: branches,
            counted: plan.arm == .samplerTotal ? sampler : counter)
        record.timeEnabled = max(1, clock.nanoseconds(branches: branches, pmis: pmis))
        record.timeRunning = scaled(record.timeEnabled, share.counters, share.events)
        if plan.arm == .besideOtherEvent { record.sampledEvent = SimulatedBench.otherEventName }
        if plan.arm.hasBystander {
            record.samplerExpected = plan.arm == .besideOtherEvent ? nil : branches
            record.samplerCounted = sampler
            record.samplerTimeEnabled = record.timeEnabled
            record.samplerTimeRunning = record.timeRunning
        }
        record.pmis = pmis
        record.throttles = throttles
        record.lostRecords = lostRecords
        record.ledger = ledger.ledger.rows > 0 ? ledger.ledger : nil
        record.involuntarySwitches = switches
        record.smis = model.smiCountIsReadable ? smis : nil
        record.planted = planted
        addCondition(to: &record)
        if throttles > 0, plan.condition?.kind != .throttling { record.disturbances.append(.throttled) }
        if share.counters < share.events { record.disturbances.append(.multiplexed) }
        if lostRecords > 0 { record.disturbances.append(.recordsLost) }
        return record
    }

    /// What read(2) says at the end.
    private func reading(total: UInt64, _ deviation: Int64, isExhausted: Bool, isDead: Bool = false) -> UInt64 {
        guard total > 0, !isDead else { return 0 }
        let value = Self.deviated(total, by: deviation)
        return kept((isExhausted ? min(value, model.hostExhaustedCounts) : value) &+ offset)
    }
}
