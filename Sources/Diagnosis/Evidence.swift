import Measurement

/// A run, and its place in the list of all runs, by which findings refer to it.
@dynamicMemberLookup
struct Run: Sendable, Hashable {
    let index: Int
    let record: RunRecord

    subscript<Value>(dynamicMember path: KeyPath<RunRecord, Value>) -> Value { record[keyPath: path] }

    static func == (one: Run, other: Run) -> Bool { one.index == other.index }
    func hash(into hasher: inout Hasher) { hasher.combine(index) }
}

/// The runs of a diagnosis, sorted by what they can show. Pure values: everything concluded follows from them.
struct Evidence: Sendable {
    let source: CounterSource
    let runs: [Run]
    /// Runs of the four arms that nothing disturbed.
    let undisturbed: [Run]
    let disturbed: [Run]
    /// Those of `undisturbed` without PMIs of their own (arm A), and those with (arms B, C and D).
    let uninterrupted: [Run]
    let withPMIs: [Run]
    let bystanders: [Run]
    /// Runs whose ledger tells true position and count of the same event.
    let ledgers: [Run]
    /// Runs in which truecount itself lost counts.
    let control: [Run]
    /// Runs under a condition: they serve the probe that asked for them, and nothing else rests on them.
    let conditional: [Run]
    /// Conditions that could not be had.
    let refusals: [Refusal]
    /// The skid that rr allows for this CPU, in counts; nil where unknown.
    let skidLimit: UInt64?

    init(runs: [RunRecord], source: CounterSource, refusals: [Refusal] = [], skidLimit: UInt64? = nil) {
        self.init(
            runs.enumerated().map { Run(index: $0.offset, record: $0.element) }, source: source, refusals: refusals,
            skidLimit: skidLimit)
    }

    init(_ runs: [Run], source: CounterSource, refusals: [Refusal] = [], skidLimit: UInt64? = nil) {
        self.source = source
        self.runs = runs
        self.refusals = refusals
        self.skidLimit = skidLimit
        control = runs.filter { $0.record.planted != nil && $0.record.condition == nil }
        conditional = runs.filter { $0.record.condition != nil }
        let arms = runs.filter { $0.record.planted == nil && $0.record.condition == nil }
        undisturbed = arms.filter { !$0.record.isDisturbed }
        disturbed = arms.filter { $0.record.isDisturbed }
        uninterrupted = undisturbed.filter { !$0.record.arm.samples }
        withPMIs = undisturbed.filter { $0.record.arm.samples }
        bystanders = withPMIs.filter { $0.record.arm.hasBystander }
        ledgers = withPMIs.filter { $0.record.hasPositions }
    }

    /// The same without some of the undisturbed runs of the four arms.
    func without(_ isExplained: (Run) -> Bool) -> Evidence {
        let gone = Set(undisturbed.filter(isExplained).map(\.index))
        guard !gone.isEmpty else { return self }
        return Evidence(
            runs.filter { !gone.contains($0.index) }, source: source, refusals: refusals, skidLimit: skidLimit)
    }

    /// Runs under a condition of that kind, disturbed ones included.
    func runs(under kind: Condition.Kind) -> [Run] { conditional.filter { $0.record.condition?.kind == kind } }

    /// Why there are none of that kind, if somebody asked for them: the first reason.
    func refusal(of kind: Condition.Kind) -> String? {
        refusals.first { $0.condition.kind == kind }?.reason
    }

    /// Below this period a second overflow can come before the first one's PMI: the two are one interrupt, and the
    /// kernel counts rightly without a sample of its own. Four times the largest certain skid at the longest period of
    /// a ledger, and no less than four times what the CPU is known for.
    var shortestUnambiguousPeriod: UInt64 {
        guard source != .breakpoint else { return 1 }  // a breakpoint overflows at the very instruction
        let longest = ledgers.compactMap(\.record.period).max() ?? 0
        let skid =
            ledgers.lazy.filter { $0.record.period == longest }.compactMap { $0.record.ledger?.apparentSkids.max }
            .max() ?? 0
        let usual = skidLimit.map { min($0, 100) } ?? 100
        // A kept report may hold any number.
        let shortest = max(skid.magnitude, usual).multipliedReportingOverflow(by: 4)
        return shortest.overflow ? .max : shortest.partialValue
    }
}

extension RunRecord {
    /// Whether its ledger tells where the program was, in counts of the event that is compared.
    var hasPositions: Bool { arm != .besideOtherEvent && (ledger?.positions ?? 0) > 0 }

    /// The total of the event that overflowed, where its closed form is known, and what it should have been.
    var samplerTotals: (expected: UInt64, counted: UInt64)? {
        switch arm {
        case .countingAlone: nil
        case .samplerTotal: (expected, counted)
        case .besideSameEvent, .besideOtherEvent:
            if let samplerExpected, let samplerCounted { (samplerExpected, samplerCounted) } else { nil }
        }
    }

    /// Deficit of the event that overflowed; negative for a surplus.
    var samplerDeficit: Int64? { samplerTotals.map { Int64(bitPattern: $0.expected &- $0.counted) } }

    /// The counter's deviation, or where it has none, the sampler's.
    var firstDeviation: Int64 { deviation != 0 ? deviation : samplerDeficit ?? 0 }

    /// Whether any total of the run is not what the closed form says.
    var deviates: Bool { deviation != 0 || (samplerDeficit ?? 0) != 0 }

    /// PMIs that both the sampler's own total and its closed form call for but that were not taken; negative if there were
    /// too many by both. Where a total is off, overflows cannot be told from it alone.
    var missingPMIs: Int64? {
        guard let period, period > 0, let totals = samplerTotals else { return nil }
        let byCount = Int64(bitPattern: totals.counted / period &- pmis)
        let byTruth = Int64(bitPattern: totals.expected / period &- pmis)
        guard (byCount > 0) == (byTruth > 0), (byCount < 0) == (byTruth < 0) else { return 0 }
        return byCount.magnitude < byTruth.magnitude ? byCount : byTruth
    }

    /// Kinds of runs that ask whether each overflow has its PMI.
    var mustHaveAllPMIs: Bool { condition?.kind == .migration || condition?.kind == .periodChange }

    /// Whether counts of a run under a condition are not what they should be, in a total or on the way to it.
    var isInexact: Bool {
        // A checkpointed event that counts nothing is not supported here (rr check_for_kvm_in_txcp_bug).
        if condition?.kind == .checkpointed, counted == 0 { return false }
        if condition?.kind == .throttling {
            // A sampler that the kernel stops misses what passes meanwhile.
            let lossesBetweenStops = ledger?.losses.contains { $0 != 0 } ?? false
            return deviation != 0 || throttleJump != nil || (arm != .besideOtherEvent && lossesBetweenStops)
        }
        if deviation != 0 || (arm.samples && (samplerDeficit ?? 0) != 0) { return true }
        if timeline?.contains(where: { $0.lossSoFar != 0 }) == true { return true }
        // The registers of a precise sample are not of the moment at which its count was read.
        return condition?.kind != .precise && arm != .besideOtherEvent && (ledger?.deviating ?? 0) > 0
    }

    /// Whether rdpmc gave another count than read(2), though it is not disabled.
    var userSpaceDisagrees: Bool {
        guard let readings = userSpaceReadings, !rdpmcIsDisabled else { return false }
        return readings.contains { !$0.agrees }
    }

    /// Whether rdpmc gave 0 each time: user space is not allowed to read counters (Linux commit 59af95e028d4), which is no
    /// count and no fault.
    var rdpmcIsDisabled: Bool { userSpaceReadings.map { !$0.isEmpty && $0.allSatisfy { $0.raw == 0 } } ?? false }

    /// What the sampler of a run that is throttled on purpose lacks though no stop can cost it that; negative for what it has
    /// beyond what was retired. Nil where it has no more, and never went back.
    var throttleJump: Int64? {
        guard condition?.kind == .throttling, let totals = samplerTotals, let deficit = samplerDeficit else {
            return nil
        }
        if deficit < 0 { return deficit }
        guard let stops = ledger?.stops else { return nil }
        if let gained = stops.losses.min, gained < 0 { return gained }
        let wentBack = Int64(bitPattern: totals.counted) < Int64(bitPattern: stops.countedAtLast)
        return wentBack || stops.reversals > 0 ? deficit : nil
    }

    /// Overflows that the sampler of such a run passed for certain, behind the last PMI, without another one: the overflow at
    /// the end may be too late for its PMI.
    var overflowsBehindLastPMI: UInt64 {
        guard condition?.kind == .throttling, throttleJump == nil, let period, period > 0, let stops = ledger?.stops,
            let counted = samplerTotals?.counted, counted > stops.countedAtLast
        else { return 0 }
        let passed = (counted - stops.countedAtLast) / period
        return passed >= 2 ? passed - 1 : 0
    }

    /// Whether a signature may have something to say of a run under a condition. Most diagnoses have no such run.
    var isSuspicious: Bool {
        isInexact || userSpaceDisagrees || (mustHaveAllPMIs && (missingPMIs ?? 0) > 0) || overflowsBehindLastPMI > 0
    }
}
