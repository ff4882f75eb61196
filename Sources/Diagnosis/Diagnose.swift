import Measurement
import Workloads

/// Runs every probe on a bench and gives the verdict.
///
/// - Parameters:
///   - skidLimit: the skid that rr allows on this CPU, in counts, where known (``RCBEvent``).
///   - isInterrupted: asked before each run; once it says true, what is known so far is concluded from and marked.
///   - progress: told before each run.
/// - Returns: always a result. Where a run could not be made, the verdict says why.
public func diagnose(
    _ request: DiagnosisRequest, on bench: inout some Bench & ~Copyable, skidLimit: UInt64? = nil,
    isInterrupted: @escaping () -> Bool = { false }, progress: @escaping (DiagnosisProgress) -> Void = { _ in }
) -> DiagnosisResult {
    var session = Session(
        source: bench.source, skidLimit: skidLimit, isInterrupted: isInterrupted, progress: progress)
    do {
        try session.carryOut(request, on: &bench)
    } catch {
        if error.isInterruption {
            session.interrupted = true
        } else {
            session.failure = error
        }
    }
    return session.result()
}

/// The state of one diagnosis.
private struct Session {
    let source: CounterSource
    let skidLimit: UInt64?
    let isInterrupted: () -> Bool
    let progress: (DiagnosisProgress) -> Void
    var schedule: Schedule?
    var runs: [RunRecord] = []
    var refusals: [Refusal] = []
    /// Why a probe was not asked, by its id.
    var omissions: [String: String] = [:]
    var notes: [String] = []
    var failure: MeasurementError?
    var interrupted = false
    /// Plans that were made or tried, and all, with the nanoseconds that they should take.
    private var done = Amount()
    private var planned = Amount()

    private struct Amount {
        var runs = 0
        var nanoseconds: Double = 0
        var longest: Double = 0

        mutating func add(_ nanoseconds: Double) {
            runs += 1
            self.nanoseconds += nanoseconds
            longest = max(longest, nanoseconds)
        }
    }

    init(
        source: CounterSource, skidLimit: UInt64?, isInterrupted: @escaping () -> Bool,
        progress: @escaping (DiagnosisProgress) -> Void
    ) {
        self.source = source
        self.skidLimit = skidLimit
        self.isInterrupted = isInterrupted
        self.progress = progress
    }

    var evidence: Evidence { Evidence(runs: runs, source: source, refusals: refusals, skidLimit: skidLimit) }

    mutating func carryOut(
        _ request: DiagnosisRequest, on bench: inout some Bench & ~Copyable
    ) throws(MeasurementError) {
        let calibrations = try calibrate(cpu: request.cpu, on: &bench)
        let schedule = Schedule(calibrations: calibrations, source: source, request: request)
        self.schedule = schedule
        guard schedule.refusal == nil else { return }
        notes += schedule.omissions
        var generator = SeededGenerator(seed: request.seed)
        let chosen = ProbeRegistry.asked(for: request.probes)
        for probe in ProbeRegistry.all {
            omissions[probe.id] = chosen.contains(probe.id) ? probe.omission(schedule) : VerdictRule.leftOut
        }
        let asked = ProbeRegistry.all.filter { omissions[$0.id] == nil }
        let rounds = (0..<schedule.rounds).map { round in
            asked.flatMap { $0.plans(schedule, round, &generator) }
        }
        let plans = rounds.flatMap { $0 }
        expect(plans)
        for var plans in rounds {
            while let plan = plans.first {
                plans.removeFirst()
                guard let record = try make(plan, on: &bench) else { continue }
                if let again = retry(of: plan, after: record) {
                    plans.append(again)
                    expect([again])
                }
            }
        }
        try repeatDeviating(on: &bench, plans: plans)
        try makeOnceMore(on: &bench, plans: plans)
    }

    private mutating func expect(_ plans: [RunPlan]) {
        guard let schedule else { return }
        for plan in plans { planned.add(schedule.nanoseconds(of: plan)) }
    }

    /// Makes a run and keeps it. What found no counter is a run without counts; what cannot be had here is refused.
    /// - Returns: nil where it was refused.
    /// - Throws: ``MeasurementError/interrupted`` where the diagnosis is to end.
    @discardableResult
    private mutating func make(
        _ plan: RunPlan, on bench: inout some Bench & ~Copyable
    ) throws(MeasurementError) -> RunRecord? {
        guard !isInterrupted() else { throw .interrupted }
        if let schedule {
            let nanoseconds = schedule.nanoseconds(of: plan)
            progress(
                DiagnosisProgress(
                    probe: Self.title(of: plan), runsDone: done.runs, runsPlanned: planned.runs,
                    secondsDone: done.nanoseconds / 1e9, secondsPlanned: planned.nanoseconds / 1e9,
                    secondsOfRun: nanoseconds / 1e9, longestRun: planned.longest / 1e9))
            done.add(nanoseconds)
        } else {
            progress(DiagnosisProgress(probe: "speed of the workloads", runsDone: 0, runsPlanned: 0))
        }
        var record: RunRecord
        do {
            record = try bench.run(plan)
        } catch {
            // What was interrupted may have failed in any way.
            guard !error.isInterruption, !isInterrupted() else { throw .interrupted }
            if error.isStarvation {
                let expected = bench.expectedCount(of: plan.workload, iterations: plan.iterations)
                record = .starved(plan, event: bench.eventName(for: plan.workload), expected: expected)
                record.planted = plan.plantedLoss.map { PlantedLoss(perPMI: $0, total: 0, pmis: 0) }
            } else if let condition = plan.condition, let reason = error.refusal {
                refusals.append(Refusal(plan, condition, because: reason))
                return nil
            } else {
                throw error
            }
        }
        runs.append(record)
        return record
    }

    /// One short run of each workload without PMIs; they are uninterrupted runs like any others and stay in the report.
    private mutating func calibrate(
        cpu: Int, on bench: inout some Bench & ~Copyable
    ) throws(MeasurementError) -> [Calibration] {
        var calibrations: [Calibration] = []
        for workload in Workload.all {
            let iterations: UInt64 = source == .breakpoint ? 50 : 2_000
            let plan = RunPlan(
                probe: Probe.uninterruptedExactness.id, workload: workload, iterations: iterations, arm: .countingAlone,
                cpu: cpu)
            // Without a count there is no speed either, and without that no plan.
            guard let record = try make(plan, on: &bench), record.timeEnabled > 0 else {
                notes.append("\(workload.name) is left out: no counter was free when its speed was measured")
                continue
            }
            calibrations.append(
                Calibration(
                    workload: workload,
                    nanosecondsPerCount: max(1e-3, Double(record.timeEnabled) / Double(max(1, record.expected))),
                    countsOfMany: bench.expectedCount(of: workload, iterations: Calibration.manyIterations),
                    sampledEventsPerCount: bench.sampledEventsPerCount(of: workload, arm: .besideOtherEvent)))
        }
        return calibrations
    }

    /// A disturbed run says nothing of the silicon, whatever it counted. It is made again, and both stay in the report: a throttled
    /// one once, at four times its period; one with a stray trap up to three times.
    private mutating func retry(of plan: RunPlan, after record: RunRecord) -> RunPlan? {
        // There a longer period would be another question.
        if let kind = plan.condition?.kind, [.highRate, .shortPeriod, .groupThrottling].contains(kind) { return nil }
        if record.disturbances.contains(.throttled) { return longer(plan) }
        guard record.disturbances.contains(.strayTrap) else { return nil }
        let disturbed = runs.count { $0.isRun(of: plan) && $0.disturbances.contains(.strayTrap) }
        guard disturbed <= 3 else { return nil }
        notes.append("\(plan.workload.name), arm \(plan.arm.rawValue) got a stray trap and is repeated")
        return plan
    }

    private mutating func longer(_ plan: RunPlan) -> RunPlan? {
        guard let period = plan.period, period < 1 << 60, plan.iterations < 1 << 60 else { return nil }
        let alreadyLonger = runs.dropLast().contains {
            $0.workload == plan.workload.name && $0.arm == plan.arm && $0.condition == plan.condition
                && $0.disturbances.contains(.throttled)
                && ($0.period ?? 0) * 4 == period
        }
        guard !alreadyLonger else { return nil }
        notes.append(
            "\(plan.workload.name) was throttled at period \(Figures.grouped(period)) and is repeated at \(Figures.grouped(period * 4))"
        )
        var again = plan
        again.period = period * 4
        again.iterations = plan.iterations * 4
        return again
    }

    private static func title(of plan: RunPlan) -> String {
        ProbeRegistry.all.first { $0.id == plan.probe }?.title.general ?? plan.probe
    }

    private var findings: [Finding] { Judge.findings(evidence) }

    /// Whether there are findings, and none of them was reproduced. Then more runs tell more.
    private var isSeenOnceOnly: Bool {
        let findings = findings
        return !findings.isEmpty && !findings.contains(where: \.isReproduced)
    }

    /// All runs once more, where what was seen once did not come again; until it does.
    private mutating func makeOnceMore(
        on bench: inout some Bench & ~Copyable, plans: [RunPlan]
    ) throws(MeasurementError) {
        guard isSeenOnceOnly else { return }
        notes.append("what was seen once did not come again, and all runs are made once more")
        expect(plans)
        for plan in plans {
            if let record = try make(plan, on: &bench), record.isWorthALook, !isSeenOnceOnly { return }
        }
    }

    /// What one run alone showed is tried again three times with the same plan; a finding has to be reproduced.
    private mutating func repeatDeviating(
        on bench: inout some Bench & ~Copyable, plans: [RunPlan]
    ) throws(MeasurementError) {
        let once = findings.filter { !$0.isReproduced }.flatMap(\.runs).map { runs[$0] }
        for record in once.prefix(3) {
            let same = plans.first { record.isRun(of: $0) }
            guard let same else { continue }
            notes.append("\(record.workload), arm \(record.arm.rawValue) deviated once and is repeated three times")
            let again = [same, same, same]
            expect(again)
            for plan in again { try make(plan, on: &bench) }
        }
    }

    func result() -> DiagnosisResult {
        var result = DiagnosisResult.judged(
            runs: runs, source: source, refusals: refusals, skidLimit: skidLimit, omissions: omissions,
            interrupted: interrupted, failure: failure, notes: notes)
        if let refusal = schedule?.refusal {
            result.planRefusal = refusal
            result.reasons = [refusal]
        }
        return result
    }
}

extension RunRecord {
    /// Whether a finding may rest on it. Most runs are exact, and looking at all of them anew after each is slow.
    fileprivate var isWorthALook: Bool {
        deviates || isSuspicious || (missingPMIs ?? 0) != 0 || disturbances.contains(.starved)
            || (ledger?.deviating ?? 0) > 0
    }

    /// Whether this is what came of that plan, or of another one just like it.
    fileprivate func isRun(of plan: RunPlan) -> Bool {
        // A recorder runs a program of its own in the workload's place, which the condition names by its seed.
        let isSameProgram =
            condition?.kind == .recorder || workload == plan.workload.name && iterations == plan.iterations
        return isSameProgram && arm == plan.arm && period == plan.period && planted?.perPMI == plan.plantedLoss
            && condition == plan.condition
    }
}
