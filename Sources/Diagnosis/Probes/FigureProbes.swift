import Measurement

// Probes under a condition whose answer is a figure of this machine.
extension Probe {
    /// Question: which is the shortest period that the kernel takes? Method: condition short-period, arm D at periods from 1 to
    /// 128; perf_event_open(2) refuses what the CPU cannot do (Haswell: below 32, rr issue 3848). Expected: a refusal below
    /// some period, and an exact ledger from there on. Verdict rule: a refusal is an answer; a count that deviates is a
    /// finding.
    static let smallestPeriod = Probe(
        id: "smallest-period", question: "Which is the shortest period that the kernel accepts?",
        title: "smallest period",
        condition: .shortPeriod, omission: { $0.needsOwnPeriods },
        plans: { schedule, round, _ in
            guard round < 2, let calibration = schedule.calibrations.first else { return [] }
            return [1, 2, 4, 16, 32, 128].map { (period: UInt64) in
                // Few enough PMIs for one tick at any period: `perf_event_max_sample_rate` / HZ is 100 at the least by default.
                let counts = max(64, 3 * period + period / 2)
                return plan(
                    "smallest-period", schedule.run(calibration, period: period, counts: counts), .samplerTotal,
                    schedule,
                    under: .shortPeriod)
            }
        },
        runs: { $0.runs(under: .shortPeriod) },
        deviates: { run, _ in run.isSuspicious && !run.isDisturbed }, takesDisturbedRuns: true,
        answer: { evidence, runs in
            guard let shortest = runs.compactMap(\.record.period).min() else { return .notMeasured("no run was made") }
            let refused = evidence.refusals.contains { $0.condition.kind == .shortPeriod }
            return .value(
                (refused ? "\(shortest): shorter ones are refused" : "\(shortest)")
                    + (runs.allSatisfy(\.record.isDisturbed) ? ", all throttled" : ""))
        })

    /// Question: how many PMIs a second does the kernel let through? Method: condition high-rate, arm D at shorter and shorter
    /// periods: from a tenth to four times the sample rate limit, each longer than two timer ticks. THROTTLE records tell
    /// which were stopped. Expected: rates well below `perf_event_max_sample_rate` pass. Verdict rule: none. A throttled run
    /// is what this probe is after, and never a fault; the answer is the highest rate that passed.
    static let samplingRate = Probe(
        id: "sampling-rate", question: "How many PMIs a second does the kernel deliver unthrottled?",
        title: "highest safe rate", condition: .highRate,
        omission: { $0.needsOwnPeriods ?? $0.needsStandard(seconds: "0.3") },
        plans: { schedule, round, _ in
            guard round < 2, let calibration = schedule.calibrations.first else { return [] }
            // Two ticks at the slowest HZ, 100, and a little more.
            let counts = UInt64(25e6 / calibration.nanosecondsPerCount)
            var seen: Set<UInt64> = []
            // Tenths of the sample rate limit.
            return [1, 2, 5, 10, 20, 40].map { (tenths: Double) in
                let rate = Double(max(1, schedule.sizing.sampleRateLimit)) * tenths / 10
                return max(2, UInt64(1e9 / rate / calibration.nanosecondsPerCount))
            }
            .filter { $0 < counts && seen.insert($0).inserted }
            .map {
                plan(
                    "sampling-rate", schedule.run(calibration, period: $0, counts: counts), .samplerTotal, schedule,
                    under: .highRate)
            }
        },
        runs: { $0.runs(under: .highRate) },
        deviates: { run, _ in run.isSuspicious && !run.isDisturbed }, takesDisturbedRuns: true,
        answer: { _, runs in
            let throttled = runs.filter { $0.record.throttles > 0 }
            // A rate that passed once and was stopped another time is not safe.
            let longestThrottled = throttled.compactMap(\.record.period).max() ?? 0
            let safe = runs.filter { $0.record.throttles == 0 && ($0.record.period ?? 0) > longestThrottled }
            let rate = safe.compactMap { run -> UInt64? in
                let time = run.record.timeEnabled
                return time == 0 ? nil : UInt64(Double(run.record.pmis) * 1e9 / Double(time))
            }.max()
            let stopped =
                throttled.isEmpty
                ? "none was throttled"
                : "\(Figures.counted(UInt64(throttled.count), "faster run")) throttled"
            return .value(
                rate.map { "\(Figures.grouped($0)) PMIs a second; \(stopped)" }
                    ?? "none: every rate tried was throttled")
        })

    /// Question: how many counters of this event are really free? Method: condition extra-counters: arm A beside 1, 2, 3, …
    /// further pinned counters of the same event, each in a group of its own, until one finds no counter. Expected: as many
    /// as the CPU has, less what the NMI watchdog and other users hold (rr issues 1957 and 2421). Verdict rule: a counter
    /// that counts beside others has to be exact; one that finds no counter is an answer and no fault.
    static let freeCounters = Probe(
        id: "free-counters", question: "How many counters of this event are really free?", title: "free counters",
        condition: .extraCounters, omission: { $0.needsStandard(seconds: "0.1") },
        plans: { schedule, round, _ in
            guard round < 2, let run = schedule.run(pmis: 3) else { return [] }
            // One more than any core PMU of rr's table has, and than x86 has breakpoints.
            let most: UInt64 = schedule.source == .breakpoint ? 4 : 9
            return (1...most).map {
                plan("free-counters", run, .countingAlone, schedule, under: .extraCounters, level: $0)
            }
        },
        runs: { $0.runs(under: .extraCounters) },
        deviates: { run, _ in run.isSuspicious && !run.isDisturbed }, takesDisturbedRuns: true,
        answer: { evidence, all in
            let runs = all.filter { !$0.record.isDisturbed }
            // Whether there is one at all is not this probe's question: the four arms have shown it.
            guard !runs.isEmpty else { return .value("1") }
            let most = runs.compactMap { $0.record.extraCountersCounting ?? $0.record.condition?.level }.max() ?? 0
            let isLimit = evidence.refusal(of: .extraCounters) != nil || runs.count < all.count
            return .value(isLimit ? "\(most + 1)" : "at least \(most + 1)")
        })

    /// Question: are counts beyond 2^31 and 2^32 right? Method: condition large-count, arm A, a little beyond each; only as far as
    /// the effort's time reaches. A counter's width of 48 bits takes days. Expected: exact. Verdict rule: a deviation is a
    /// finding; one of a power of two is count-offset (Parallels, rr issue 1818).
    static let largeCounts = under(
        .largeCount, id: "large-counts", question: "Are counts beyond 2^31 and 2^32 right?", title: "large counts",
        omission: { schedule in
            guard LargeCount.sizes(schedule).isEmpty, let calibration = schedule.calibrations.first else { return nil }
            let seconds =
                Double(LargeCount.rounds) * LargeCount.counts(LargeCount.bits[0]) * calibration.nanosecondsPerCount
                / 1e9
            return "too long for this effort (\(Figures.duration(seconds: seconds)))"
        },
        plans: { schedule, round, _ in
            guard round < LargeCount.rounds, let calibration = schedule.calibrations.first else { return [] }
            return LargeCount.sizes(schedule).map { bits in
                let run = schedule.run(
                    calibration, period: schedule.usualPeriod, counts: 1 << bits + LargeCount.beyond)
                return plan("large-counts", run, .countingAlone, schedule, under: .largeCount, level: bits)
            }
        },
        answer: { runs in
            .clean("exact beyond 2^\(runs.compactMap { $0.record.condition?.level }.max() ?? 0)")
        })
}

private enum LargeCount {
    /// Bits of a count that something in the way may keep, and no more.
    static let bits: [UInt64] = [31, 32]
    static let beyond: UInt64 = 1_000_003
    static let rounds = 2

    static func counts(_ bits: UInt64) -> Double { Double(1 << bits + beyond) }

    /// Those that fit into the effort's time, shortest first.
    static func sizes(_ schedule: Schedule) -> [UInt64] {
        guard let calibration = schedule.calibrations.first else { return [] }
        var left = schedule.nanosecondsForLongRuns
        return bits.filter { bits in
            left -= Double(rounds) * counts(bits) * calibration.nanosecondsPerCount
            return left >= 0
        }
    }
}
