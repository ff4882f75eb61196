import Workloads

/// A loss that truecount itself planted: the positive control.
public struct PlantedLoss: Codable, Sendable, Hashable {
    /// Counts to pass uncounted at each PMI.
    public var perPMI: UInt64
    /// Counts that did pass while the counter was disabled, summed over the run, as single-stepping saw them.
    public var total: UInt64
    /// The PMIs at which a loss was planted.
    public var pmis: UInt64

    public init(perPMI: UInt64, total: UInt64, pmis: UInt64) {
        self.perPMI = perPMI
        self.total = total
        self.pmis = pmis
    }
}

/// How much truecount itself is to lose at each PMI, to prove that a loss would be seen: so many counts pass while the
/// counter is disabled, as if it had been frozen.
public struct PlantedLosses: Codable, Sendable, Hashable {
    /// Fewest and most counts to lose at a PMI.
    public var low: UInt64
    public var high: UInt64
    /// What each loss is drawn from: two recordings of the same program then differ, as real ones do.
    public var seed: UInt64

    public init(low: UInt64, high: UInt64, seed: UInt64) {
        self.low = low
        self.high = high
        self.seed = seed
    }
}

/// A traced child that stands at a PMI, whose counter can be stopped for a while.
protocol LosingRun: ~Copyable {
    /// Whether so many counts, and one before them, pass before anything comes that has to be counted.
    func hasRoom(for counts: UInt64) throws(MeasurementError) -> Bool
    /// Lets the child execute one instruction.
    mutating func step() throws(MeasurementError)
    /// Counts really reached, by the child's own registers; nil where they do not tell.
    func truePosition() throws(MeasurementError) -> UInt64?
    /// Whether it stands on the branch that a breakpoint counts.
    func standsBeforeCountedBreakpoint() throws(MeasurementError) -> Bool
    func setCounting(_ isOn: Bool) throws(MeasurementError)
}

/// Plants losses at the PMIs of one run, to the last count.
struct LossPlanter {
    private let losses: PlantedLosses
    private var generator: SeededGenerator
    /// Counts lost so far, by the child's own registers.
    private(set) var total: UInt64 = 0
    /// PMIs at which it was asked to.
    private(set) var pmis: UInt64 = 0

    init(_ losses: PlantedLosses) {
        self.losses = losses
        generator = SeededGenerator(seed: losses.seed)
    }

    /// Loses counts at the PMI at which the child stands, if there is room for it.
    mutating func plant(in run: inout some LosingRun & ~Copyable) throws(MeasurementError) {
        pmis += 1
        let wanted = losses.low + generator.next() % (losses.high - losses.low + 1)
        guard wanted > 0, try run.hasRoom(for: wanted) else { return }
        // The signal may stop the child before or after the branch that its breakpoint stands on. One step with the
        // counter still enabled, and that branch has been counted exactly once, whichever it was.
        try run.step()
        guard let before = try run.truePosition() else { return }
        try run.setCounting(false)
        var now = before
        var isPast = false
        while !isPast {
            try run.step()
            guard let position = try run.truePosition() else {
                throw .child("the child left its loop while counts were lost there")
            }
            now = position
            guard now >= before + wanted else { continue }
            // A breakpoint counts before its instruction executes. If the counter came back right there, the branch
            // that has been passed already would be counted.
            isPast = try !run.standsBeforeCountedBreakpoint()
        }
        try run.setCounting(true)
        total += now - before
    }
}

extension KernelBench {
    /// The positive control: a run in a traced child that loses a known number of counts at each PMI.
    func runLosing(_ loss: UInt64, _ plan: RunPlan) throws(MeasurementError) -> RunRecord {
        var run = try TracedRun(plan, events, on: pinned)
        var planter = LossPlanter(PlantedLosses(low: loss, high: loss, seed: 0))
        var record = try run.carryOut { (run: inout TracedRun) throws(MeasurementError) in
            try planter.plant(in: &run)
        }
        record.planted = PlantedLoss(perPMI: loss, total: planter.total, pmis: planter.pmis)
        return record
    }
}
