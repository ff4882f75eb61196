import Measurement
import Testing
import Workloads

@testable import Diagnosis

/// Plans, for every period that the command line takes, on PMUs and breakpoints of any speed.
@Suite("How long runs are planned")
struct SizingTests {
    private static let periods: [UInt64] = [
        2, 3, 97, 10_007, 1_000_003, 1 << 31, 1 << 40, 1_000_000_000_000_000_000, 1 << 62, 1 << 63 - 1,
    ]

    /// Nanoseconds a count: faster than any CPU, a CPU's own, a guest's breakpoint's, slower than any.
    private static let speeds: [Double] = [1e-3, 1, 20_000, 100_000]

    private func schedule(
        _ source: CounterSource, _ periods: [UInt64], nanosecondsPerCount: Double, allowsLongRuns: Bool = false,
        effort: Effort = .standard
    ) -> Schedule {
        let calibrations = Workload.all.map { workload in
            Calibration(
                workload: workload, nanosecondsPerCount: nanosecondsPerCount,
                countsOfMany: 2 * Calibration.manyIterations,
                sampledEventsPerCount: 26)
        }
        var request = DiagnosisRequest(effort: effort, cpu: 0, periods: periods)
        request.allowsLongRuns = allowsLongRuns
        return Schedule(calibrations: calibrations, source: source, request: request)
    }

    /// Every plan of every probe, as a diagnosis asks for them.
    private func plans(_ schedule: Schedule) -> [RunPlan] {
        var generator = SeededGenerator(seed: 1)
        return ProbeRegistry.all.filter { $0.omission(schedule) == nil }
            .flatMap { probe in (0..<2).flatMap { probe.plans(schedule, $0, &generator) } }
    }

    @Test(
        "No period that is accepted leaves 64 bits, and no run takes over a minute that nobody asked for",
        arguments: [CounterSource.hardware, .breakpoint, .simulated], Effort.allCases)
    func total(source: CounterSource, effort: Effort) {
        for speed in Self.speeds {
            for period in Self.periods {
                for allowsLongRuns in [false, true] {
                    let schedule = schedule(
                        source, [period], nanosecondsPerCount: speed, allowsLongRuns: allowsLongRuns, effort: effort)
                    let longest: Double = allowsLongRuns ? 4000 : 60
                    for plan in plans(schedule) {
                        #expect(schedule.nanoseconds(of: plan) <= longest * 1e9, "\(plan.probe) \(period) \(speed)")
                        #expect(plan.iterations <= Workload.maximumIterations && (plan.period ?? 2) < 1 << 62)
                    }
                    #expect((schedule.refusal == nil) == !schedule.settings.isEmpty)
                }
            }
        }
    }

    @Test("A period of which no run can be afforded is refused, with the time that it would take")
    func refused() throws {
        let refusal = try #require(schedule(.hardware, [1 << 62], nanosecondsPerCount: 1).refusal)
        #expect(
            refusal == "--period 4611686018427387904: one run with 3 PMIs would take about 511 years here;"
                + " periods up to 571,428,571 fit into 2 seconds; --allow-long-runs allows runs of an hour")
        let long = schedule(.hardware, [1_000_000_000], nanosecondsPerCount: 1, allowsLongRuns: true)
        #expect(long.refusal == nil && long.settings.count == Workload.all.count)
        #expect(long.nanoseconds(of: try #require(plans(long).first)) > 3e9)
        // Of several, those that fit are measured, and the others are told of.
        let some = schedule(.breakpoint, [1 << 40, 97], nanosecondsPerCount: 20_000)
        #expect(some.refusal == nil && Set(some.settings.map(\.period)) == [97])
        #expect(some.omissions.count == Workload.all.count)
        let told = try #require(some.omissions.first)
        #expect(told.hasSuffix("is left out at period 1,099,511,627,776: one run would take about 2 years"), "\(told)")
        let none = schedule(.breakpoint, [1 << 50, 1 << 40], nanosecondsPerCount: 20_000)
        #expect(try #require(none.refusal).hasPrefix("--period 1099511627776: "))
    }

    @Test("What is refused is not measured, and says so")
    func notMeasured() {
        var bench = TamperedBench()
        var progress: [DiagnosisProgress] = []
        let request = DiagnosisRequest(cpu: 0, periods: [1 << 62])
        let result = diagnose(request, on: &bench, progress: { progress.append($0) })
        #expect(result.planRefusal?.hasPrefix("--period 4611686018427387904: ") == true)
        #expect(result.verdict == .inconclusive && result.reasons == [result.planRefusal])
        #expect(result.runs.count == Workload.all.count && progress.count == result.runs.count)
    }

    @Test("Progress goes from nothing to all, by the time that runs should take")
    func progress() {
        var bench = TamperedBench()
        var told: [DiagnosisProgress] = []
        let result = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench, progress: { told.append($0) })
        #expect(told.count == result.runs.count + (result.refusals?.count ?? 0))
        let planned = told.filter { $0.runsPlanned > 0 }
        #expect(planned.map(\.runsDone) == Array(0..<planned.count))
        #expect(planned.first?.share == 0)
        #expect(planned.map(\.share) == planned.map(\.share).sorted())
        let last = planned.last
        #expect((last?.secondsDone ?? 0) + (last?.secondsOfRun ?? 0) <= (last?.secondsPlanned ?? 0) + 1e-9)
        #expect(last?.runsDone == (last?.runsPlanned ?? 0) - 1)
    }

    @Test("An interruption in the middle of a run ends the diagnosis, and is no failure")
    func interrupted() {
        var bench = TamperedBench()
        bench.failure = .interrupted
        let result = diagnose(DiagnosisRequest(effort: .quick, cpu: 0), on: &bench)
        #expect(result.interrupted && result.verdict == .inconclusive, "\(result.reasons)")
        #expect(result.runs.count == 21, "what was made before the bench failed")
    }

    @Test(
        "Times are told in the unit that a person would take",
        arguments: [
            (0.04, "0 s"), (0.4, "0.4 s"), (1, "1 s"), (61, "61 s"), (150, "3 min"), (7200, "2 h"), (200_000, "2 days"),
            (4.6e9, "146 years"), (1e30, "1,000,000,000,000,000 years"),
        ])
    func durations(seconds: Double, text: String) { #expect(Figures.duration(seconds) == text) }
}
