import Measurement
import Workloads

/// How fast a workload counts here, from one short run without PMIs.
struct Calibration: Sendable {
    var workload: Workload
    /// Nanoseconds for each count; above 0.
    var nanosecondsPerCount: Double
    /// What the counted event's closed form gives for `manyIterations`. Taken branches are not linear in them.
    var countsOfMany: UInt64
    /// Counts of the sampled event of arm C for each count.
    var sampledEventsPerCount: UInt64

    static let manyIterations: UInt64 = 1 << 20

    /// Iterations of a run that counts about so much, 1 at least.
    func iterations(counting counts: UInt64) -> UInt64 {
        max(1, UInt64(clamping: UInt128(counts) * UInt128(Self.manyIterations) / UInt128(max(1, countsOfMany))))
    }
}

/// One workload at one period, sized: its four arms run the same iterations.
struct SizedRun: Sendable {
    var workload: Workload
    var iterations: UInt64
    var period: UInt64
    /// Period of the sampled event in arm C.
    var otherPeriod: UInt64
}

/// The runs to be made: which workloads, how long, at which periods.
struct Schedule: Sendable {
    var settings: [SizedRun]
    var ledgerSettings: [SizedRun]
    var controlSettings: [SizedRun]
    var rounds: Int
    var plantedLosses: [UInt64]
    var cpu: Int
    var source: CounterSource
    var effort: Effort
    /// How fast each workload is here, for probes that size runs of their own.
    var calibrations: [Calibration]
    /// The periods tried, the person's own or the effort's.
    var periods: [UInt64]
    /// Why nothing is to be measured: the plan would take too long, and nobody asked for that. Nil where it would not.
    let refusal: String?
    let sizing: Sizing
    /// What was asked for and is not done, a sentence each.
    var omissions: [String]

    /// Periods tried, in the order in which an effort takes them. Primes, so that no loop's length divides them. A
    /// breakpoint costs about a microsecond on silicon and twenty in a guest, so its periods are shorter.
    static let ladders: [CounterSource: [UInt64]] = [
        .hardware: [100_003, 10_007, 1_000_003, 1_009],
        .simulated: [100_003, 10_007, 1_000_003, 1_009],
        .breakpoint: [97, 17, 389, 41],
    ]

    /// Ring and record hold that many PMIs of one run with room to spare.
    static let mostPMIs: UInt64 = 2_000
    /// A deficit has a slope over PMIs only if there are some.
    static let fewestPMIs: UInt64 = 3

    init(calibrations: [Calibration], source: CounterSource, request: DiagnosisRequest) {
        let budget = request.effort.budget
        let chosen =
            request.periods.isEmpty
            ? Array((Self.ladders[source] ?? []).prefix(budget.periods)) : request.periods
        rounds = request.rounds ?? budget.rounds
        let windows = calibrations.count * chosen.count * Arm.allCases.count * rounds
        let seconds = source == .breakpoint ? budget.secondsOnBreakpoints : budget.seconds
        let sizing = Sizing(
            nanosecondsPerRun: seconds * 1e9 / Double(max(1, windows)), sampleRateLimit: request.sampleRateLimit,
            periodsAreFixed: !request.periods.isEmpty, allowsLongRuns: request.allowsLongRuns)
        settings = calibrations.flatMap { sizing.sizedRuns(for: $0, periods: chosen) }
        ledgerSettings = calibrations.compactMap { sizing.sizedRuns(for: $0, periods: Array(chosen.prefix(1))).first }
        controlSettings = calibrations.prefix(budget.controlWorkloads).compactMap {
            sizing.controlRun(for: $0, source: source, period: chosen.first ?? 97)
        }
        plantedLosses = budget.plantedLosses
        cpu = request.cpu
        self.source = source
        effort = request.effort
        self.calibrations = calibrations
        periods = chosen
        self.sizing = sizing
        let refusals = request.periods.sorted().compactMap { sizing.refusal(of: $0, for: calibrations) }
        // A period that fits is measured, and the others are told of.
        refusal = refusals.count == request.periods.count ? refusals.first : nil
        omissions = request.periods.flatMap { period in
            calibrations.filter { period > sizing.longestPeriod(for: $0) }.map {
                "\($0.workload.name) is left out at period \(Figures.grouped(period)): one run would take about \(Figures.duration(sizing.seconds(for: $0, period: period)))"
            }
        }
    }

    /// Nanoseconds that a run of that plan should take, with what is done beside its window.
    func nanoseconds(of plan: RunPlan) -> Double {
        guard let calibration = calibration(of: plan.workload.name) else { return Self.besideEachRun }
        let counts =
            Double(plan.iterations) * Double(calibration.countsOfMany) / Double(Calibration.manyIterations)
        return Self.besideEachRun + counts * calibration.nanosecondsPerCount
    }

    /// Opening and reading a run's events, in nanoseconds: about a millisecond.
    private static let besideEachRun: Double = 1e6

    /// The plans of one round of the four arms, workloads in an order of their own, arms beside each other so that
    /// whatever drifts drifts through all of them.
    func interleaved(_ runs: [SizedRun], arms: [Arm], using generator: inout SeededGenerator) -> [(SizedRun, Arm)] {
        runs.shuffled(using: &generator).flatMap { run in
            arms.shuffled(using: &generator).map { (run, $0) }
        }
    }
}

/// Turns a workload's speed into iterations.
struct Sizing {
    var nanosecondsPerRun: Double
    var sampleRateLimit: UInt64
    /// Whether the person asked for these very periods.
    var periodsAreFixed: Bool
    /// Whether the person asked for long runs.
    var allowsLongRuns = false

    /// A period that a person asked for is given up only for a workload that would need longer than this for one run, in
    /// nanoseconds: two seconds, or an hour where long runs were asked for.
    private var longestRun: Double { allowsLongRuns ? 3600e9 : 2e9 }
    /// Counts that no run goes beyond: an hour of them at 10^9 a second. Far below where sums would leave 64 bits.
    private static let mostCounts: UInt64 = 1 << 42

    /// Counts that one run at a person's own period may take.
    func affordableCounts(for calibration: Calibration) -> UInt64 { counts(in: longestRun, calibration) }

    private func counts(in nanoseconds: Double, _ calibration: Calibration) -> UInt64 {
        max(8, UInt64(min(nanoseconds / calibration.nanosecondsPerCount, Double(Self.mostCounts))))
    }

    /// Seconds that the shortest run at a period takes: it has the fewest PMIs and a half.
    func seconds(for calibration: Calibration, period: UInt64) -> Double {
        (Double(Schedule.fewestPMIs) + 0.5) * Double(period) * calibration.nanosecondsPerCount / 1e9
    }

    /// Why no workload can be run at a person's own period; nil where one can.
    func refusal(of period: UInt64, for calibrations: [Calibration]) -> String? {
        guard let longest = calibrations.map(longestPeriod(for:)).max(), period > longest,
            let seconds = calibrations.map({ seconds(for: $0, period: period) }).min()
        else { return nil }
        let (limit, more) =
            allowsLongRuns ? ("an hour", "") : ("2 seconds", "; --allow-long-runs allows runs of an hour")
        return
            "--period \(period): one run with \(Schedule.fewestPMIs) PMIs would take about \(Figures.duration(seconds)) here;"
            + " periods up to \(Figures.grouped(longest)) fit into \(limit)\(more)"
    }

    func sizedRuns(for calibration: Calibration, periods: [UInt64]) -> [SizedRun] {
        let longest = longestPeriod(for: calibration)
        var seen: Set<UInt64> = []
        return periods.map { periodsAreFixed ? $0 : min($0, longest) }
            .filter { $0 <= longest && seen.insert($0).inserted }
            .map { run(for: calibration, period: $0, atMost: mostPMIs(at: $0, calibration)) }
    }

    /// The longest period of which the workload can afford the fewest PMIs and a half. Of its own accord a slow
    /// workload may take four times its share.
    func longestPeriod(for calibration: Calibration) -> UInt64 {
        let affordable =
            periodsAreFixed ? affordableCounts(for: calibration) : counts(in: 4 * nanosecondsPerRun, calibration)
        return max(2, affordable * 2 / (2 * Schedule.fewestPMIs + 1)) | 1
    }

    /// A control run needs few PMIs: each is followed by single steps. What is lost at all of them, by the skid and by
    /// hand, has to fit into the half period behind the last one.
    func controlRun(for calibration: Calibration, source: CounterSource, period: UInt64) -> SizedRun? {
        guard !periodsAreFixed || period <= longestPeriod(for: calibration) else { return nil }
        let affordable = counts(in: nanosecondsPerRun, calibration)
        let usable = periodsAreFixed ? period : min(period, max(41, affordable / 8) | 1)
        // A breakpoint has no skid and is slow. rr's limit for the PMUs with a bounded skid is 125 (rr src/PerfCounters.cc).
        let shortest: UInt64 = source == .breakpoint ? 401 : 10_007
        return run(for: calibration, period: max(usable, shortest), atMost: 5)
    }

    /// The kernel stops an event that interrupts `perf_event_max_sample_rate / HZ` times in one tick
    /// (kernel/events/core.c, `__perf_event_account_interrupt`). Either PMIs are ten times rarer than that, or the
    /// whole run has fewer than a tenth of a tick's at the shortest tick, 1/1000 s.
    func mostPMIs(at period: UInt64, _ calibration: Calibration) -> UInt64 {
        let nanosecondsBetweenPMIs = Double(period) * calibration.nanosecondsPerCount
        if nanosecondsBetweenPMIs * Double(sampleRateLimit) >= 10 * 1e9 { return Schedule.mostPMIs }
        return min(Schedule.mostPMIs, max(Schedule.fewestPMIs, sampleRateLimit / 1000 / 10))
    }

    private func run(for calibration: Calibration, period: UInt64, atMost: UInt64) -> SizedRun {
        let counts = counts(in: nanosecondsPerRun, calibration)
        let pmis = min(atMost, max(Schedule.fewestPMIs, counts / period))
        // The end lies midway between two overflows, so that the number of PMIs does not depend on the last one's skid.
        let wanted = pmis * period + period / 2
        return SizedRun(
            workload: calibration.workload, iterations: calibration.iterations(counting: wanted), period: period,
            otherPeriod: max(2, period * calibration.sampledEventsPerCount))
    }
}

// Settings of runs under a condition: few and short ones, sized by the same calibration as the four arms.
extension Schedule {
    /// The part of an effort's time that one probe's long runs may take besides.
    private static let shareOfLongRuns = 0.25

    /// A period at which overflows are far enough apart for any probe: the first of the person's own that the first
    /// workload can afford, or the source's.
    var usualPeriod: UInt64 {
        if sizing.periodsAreFixed, let calibration = calibrations.first,
            let first = periods.first(where: { $0 <= sizing.longestPeriod(for: calibration) })
        {
            return first
        }
        return source == .breakpoint ? 17 : 100_003
    }

    func calibration(of workload: String) -> Calibration? {
        calibrations.first { $0.workload.name == workload }
    }

    /// A run of a workload with so many PMIs and a half, or fewer where they would be throttled or take too long.
    /// - Parameter workload: by name; the first one calibrated where nil.
    func run(_ workload: String? = nil, period: UInt64? = nil, pmis: UInt64) -> SizedRun? {
        guard let calibration = workload.map(calibration(of:)) ?? calibrations.first else { return nil }
        let period = period ?? usualPeriod
        let affordable = max(Schedule.fewestPMIs, sizing.affordableCounts(for: calibration) / period)
        return run(
            calibration, period: period,
            counts: min(pmis, affordable, sizing.mostPMIs(at: period, calibration)) * period + period / 2)
    }

    /// A run of a workload that takes so long.
    func run(_ workload: String? = nil, milliseconds: Double) -> SizedRun? {
        guard let calibration = workload.map(calibration(of:)) ?? calibrations.first else { return nil }
        return run(
            calibration, period: usualPeriod, counts: UInt64(milliseconds * 1e6 / calibration.nanosecondsPerCount))
    }

    func run(_ calibration: Calibration, period: UInt64, counts: UInt64) -> SizedRun {
        SizedRun(
            workload: calibration.workload,
            iterations: calibration.iterations(counting: counts),
            period: period, otherPeriod: max(2, period * calibration.sampledEventsPerCount))
    }

    /// Nanoseconds that the longest runs of a probe may take together in all rounds.
    var nanosecondsForLongRuns: Double { effort.budget.seconds * 1e9 * Self.shareOfLongRuns }

    /// Why a probe that needs a core PMU plans nothing on breakpoints.
    var needsCorePMU: String? { source == .breakpoint ? "no core PMU" : nil }
    /// Why a probe that takes longer than the quick effort allows plans nothing in it.
    func needsStandard(seconds: String) -> String? {
        effort == .quick ? "not part of --quick (\(seconds) s)" : nil
    }
    /// Why a probe that chooses periods plans nothing.
    var needsOwnPeriods: String? { sizing.periodsAreFixed ? "--period was given" : nil }
}
