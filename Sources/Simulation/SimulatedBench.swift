import Measurement
import PerfEvents
import Workloads

/// Computes runs on a simulated PMU: plan in, record out, without a kernel, and with the truth known.
///
/// A run costs its PMIs, not its branches: between two events everything is in closed form. Records depend on the
/// model, the seed, and the runs made before; nothing else. Nothing that they say is about this machine, and every name
/// in them begins with "SIMULATED".
public struct SimulatedBench: Bench {
    public let pmu: SimulatedPMU
    public let seed: UInt64
    /// What its event is to count.
    private let asked: SimulatedModel.Selection
    private var runs: UInt64 = 0
    private var recordings: UInt64 = 0
    /// PMIs raised so far, over all runs: some models lose each so many-th.
    private var raisedPMIs: UInt64 = 0

    /// - Parameter seed: what everything random is drawn from, where `pmu` itself says nothing.
    public init(_ pmu: SimulatedPMU, seed: UInt64 = 1) {
        self.pmu = pmu
        self.seed = pmu.seed ?? seed
        asked = pmu.model.isArmBranchEvent ? Self.settled(pmu.model, seed: self.seed) : .conditional
    }

    /// As on the machine: one run without PMIs tells taken branches from all, and what is neither stays the former.
    private static func settled(_ model: SimulatedModel, seed: UInt64) -> SimulatedModel.Selection {
        guard let plan = BranchCalibration.plan(cpu: 0) else { return .taken }
        var run = SimulatedRun(plan, model, asked: .taken, draws: draws(~seed, run: .max), raisedPMIs: 0)
        guard let record = try? run.carryOut() else { return .taken }
        return BranchCalibration.counts(record) == .allBranches ? .allBranches : .taken
    }

    public var source: CounterSource { .simulated }

    public func eventName(for workload: Workload) -> String { Self.eventName }
    static let eventName = "SIMULATED RCB"
    static let otherEventName = "SIMULATED instructions"

    public func expectedCount(of workload: Workload, iterations: UInt64) -> UInt64 {
        asked.total(workload.figures(iterations: iterations))
    }

    public func sampledEventsPerCount(of workload: Workload, arm: Arm) -> UInt64 {
        guard arm == .besideOtherEvent else { return 1 }
        let figures = workload.figures(iterations: 1_000_000)
        return max(1, figures.instructions / max(1, asked.total(figures)))
    }

    /// - Throws: what the kernel would answer: a refused period, a pinned event that has no counter, or a condition
    ///   that this PMU does not have.
    public mutating func run(_ plan: RunPlan) throws(MeasurementError) -> RunRecord {
        if plan.condition?.kind == .recorder { return try record(plan) }
        // Each run has a stream of its own, so that a longer run before it changes nothing in it.
        var run = SimulatedRun(
            plan, pmu.model.within(plan.condition), asked: asked, draws: Self.draws(seed, run: runs),
            raisedPMIs: raisedPMIs)
        runs += 1
        let record = try run.carryOut()
        raisedPMIs = run.raisedPMIs
        return record
    }

    /// A run of the recorder's child: another thread, whose runs are no part of the others' sequence.
    private mutating func record(_ plan: RunPlan) throws(MeasurementError) -> RunRecord {
        var run = SimulatedRun(
            plan, pmu.model, asked: asked, draws: Self.draws(~seed, run: recordings), raisedPMIs: raisedPMIs)
        recordings += 1
        var record = try run.carryOut()
        // A recorder has one counter and no bystander.
        if !plan.arm.hasBystander { record.timeline = run.timeline(counted: record.counted) }
        return record
    }

    private static func draws(_ seed: UInt64, run: UInt64) -> RandomDraws {
        var seeds = SeededGenerator(seed: seed ^ (run &* 0xD134_2543_DE82_EF95))
        return RandomDraws(seed: seeds.next())
    }
}
