import Measurement

/// The runs of a diagnosis, sorted by what they can show. Pure values: everything concluded follows from them.
struct Evidence: Sendable {
    let source: CounterSource
    /// Runs that were meant to count right and that nothing disturbed.
    let undisturbed: [RunRecord]
    let disturbed: [RunRecord]
    let uninterrupted: [RunRecord]
    let interrupted: [RunRecord]
    let bystanders: [RunRecord]
    /// Runs whose ledger tells true position and count of the same event.
    let ledgers: [RunRecord]
    /// Runs in which truecount itself lost counts.
    let control: [RunRecord]
    /// Runs under a condition: they serve the probe that asked for them, and nothing else rests on them.
    let conditional: [RunRecord]
    /// Conditions that could not be had.
    let refusals: [Refusal]
    /// The skid that rr allows for this CPU, in counts; nil where unknown.
    let skidLimit: UInt64?

    init(runs: [RunRecord], source: CounterSource, refusals: [Refusal] = [], skidLimit: UInt64? = nil) {
        self.source = source
        self.skidLimit = skidLimit
        control = runs.filter { $0.planted != nil && $0.condition == nil }
        conditional = runs.filter { $0.condition != nil }
        self.refusals = refusals
        let measured = runs.filter { $0.planted == nil && $0.condition == nil }
        undisturbed = measured.filter { !$0.isDisturbed }
        uninterrupted = undisturbed.filter { !$0.arm.samples }
        interrupted = undisturbed.filter(\.arm.samples)
        bystanders = interrupted.filter(\.arm.hasBystander)
        ledgers = interrupted.filter { run in
            run.arm != .besideOtherEvent && run.ledger.contains { $0.truePosition != nil }
        }
        disturbed = measured.filter { $0.isDisturbed }
    }

    /// Runs under a condition of that kind, disturbed ones included.
    func runs(in kind: Condition.Kind) -> [RunRecord] { conditional.filter { $0.condition?.kind == kind } }
    /// Why there are none of that kind, if somebody asked for them: the first reason.
    func refusal(of kind: Condition.Kind) -> String? {
        refusals.first { $0.condition.kind == kind }?.reason
    }

    func disturbedRuns(in arms: Set<Arm>) -> Int { disturbed.count { arms.contains($0.arm) } }
}

extension RunRecord {
    /// The total of the event that overflowed, where its closed form is known, and what it should have been.
    var samplerTotals: (expected: UInt64, counted: UInt64)? {
        switch arm {
        case .countingAlone: nil
        case .samplerTotal: (expected, counted)
        case .besideSameEvent, .besideOtherEvent:
            if let samplerExpected, let samplerCounted { (samplerExpected, samplerCounted) } else { nil }
        }
    }

    /// Deficit of the event that overflowed.
    var samplerDeficit: Int64? { samplerTotals.map { Int64(bitPattern: $0.expected &- $0.counted) } }

    /// Losses between consecutive PMIs. The first PMI's and the last one's are left out: some faults lose
    /// before the sample is taken and some after it, and in between both show the same.
    var interiorLosses: [Int64] {
        zip(ledger, ledger.dropFirst()).compactMap { earlier, later in
            guard let before = earlier.lossSoFar, let after = later.lossSoFar else { return nil }
            return after - before
        }
    }

    /// Counts between each overflow and its sample, as the counter believes. Right as long as skids are shorter than a
    /// period.
    var apparentSkids: [UInt64] {
        guard let period, period > 0 else { return [] }
        return ledger.map { $0.counted % period }
    }

    /// PMIs that both the sampler's own total and its closed form call for but that were not taken; negative if there were
    /// too many by both. Where a total is off, overflows cannot be told from it alone.
    var missingPMIs: Int64? {
        guard let period, period > 0, let totals = samplerTotals else { return nil }
        let byCount = Int64(bitPattern: totals.counted / period) - Int64(bitPattern: pmis)
        let byTruth = Int64(bitPattern: totals.expected / period) - Int64(bitPattern: pmis)
        guard (byCount > 0) == (byTruth > 0), (byCount < 0) == (byTruth < 0) else { return 0 }
        return byCount.magnitude < byTruth.magnitude ? byCount : byTruth
    }
}
