import Measurement

// Rules about readings that are no counts at all: a counter that stands still, or one that is off by a power of two.
extension AttributionRule {
    static let deadCounter = AttributionRule(
        fault: .deadCounter, unit: .reading,
        reference:
            "rr check_working_counters; rr issues 1972 and 3338; rezolus issue 1036; kernel-and-rr.md 3, rows 10, 12, 17",
        runs: { observations in
            let dead = DeadReadings(observations.evidence)
            return observations.evidence.undisturbed.filter(dead.isDead)
        },
        sizes: { observations, runs in
            let dead = DeadReadings(observations.evidence)
            // A sampler of instructions has no closed form to be compared with.
            return runs.compactMap { dead.counterIsDead($0) ? $0.deviation : $0.samplerDeficit }
        },
        mechanism: { observations in
            switch DeadReadings(observations.evidence).pattern {
            case .always: "The counter was enabled and scheduled all the time, yet counted nothing or almost nothing."
            case .secondCounter:
                "A second counter counts nothing beside a first one, though it counts when it is alone: only one is really there."
            case .sometimes:
                "In some runs the counter was enabled and scheduled all the time, yet counted nothing or almost nothing."
            }
        },
        advice:
            "Check the event with --event, and in a guest whether the hypervisor virtualises this counter and has one to spare.",
        evidence: { observations, runs in
            let dead = DeadReadings(observations.evidence)
            return [
                "\(runs.count) of \(observations.evidence.undisturbed.count) runs have a reading of \(dead.ceiling) or less, below a thousandth of the branches made",
                "\(runs.count(where: { $0.timeRunning == $0.timeEnabled })) of them were on a counter all the time they were enabled, as their times say",
            ] + firstText(runs)
        },
        excluded: { _ in
            [
                ExcludedAlternative(
                    alternative: "starved-counter, multiplexed",
                    because: "no read ended as end of file, and time_running equals time_enabled"),
                ExcludedAlternative(
                    alternative: "wrong-event", because: "what was counted does not grow with the work done"),
            ]
        },
        explains: { observations in DeadReadings(observations.evidence).isDead })

    static let countOffset = AttributionRule(
        fault: .countOffset, unit: .reading,
        reference: "rr issues 1818 and 2202; kernel-and-rr.md 3, rows 7 and 8",
        runs: { $0.evidence.undisturbed.filter { CountOffset.of($0) != nil } },
        sizes: { _, runs in runs.compactMap { CountOffset.of($0) } },
        mechanism: { observations in
            let offsets = Set(observations.evidence.undisturbed.compactMap { CountOffset.of($0)?.magnitude }).sorted()
            return
                "Readings are off by exactly \(offsets.map(CountOffset.text).joined(separator: " or ")): the width of a counter that somebody emulates, not branches."
        },
        advice: "Ask the hypervisor's maker; until then no count of this machine can be relied on.",
        evidence: { observations, runs in
            [
                "\(runs.count) of \(observations.evidence.undisturbed.count) runs are off by exactly that much"
            ] + firstText(runs)
        },
        excluded: { observations in
            [
                ExcludedAlternative(
                    alternative: "lost-pmi, late-pmi",
                    because: "PMIs are judged by runs without the offset only: it shifts every reading of a sampler"),
                undisturbed(observations),
            ]
        },
        explains: { observations in
            let offsets = Set(observations.evidence.undisturbed.compactMap { CountOffset.of($0)?.magnitude })
            return { run in offsets.contains { CountOffset.isNear(run, $0) } }
        })
}

/// Readings that are no count: the counter stood still, though its times say otherwise.
struct DeadReadings: Sendable {
    enum Pattern { case always, secondCounter, sometimes }

    /// The largest of the readings that are certainly dead. A shorter run that read no more than this is dead as well.
    let ceiling: UInt64
    let pattern: Pattern

    /// A reading below this share of the branches made is none: the host counted 395 of 3.5 billion (rezolus issue 1036).
    private static let smallestShare: UInt64 = 1_000

    init(_ evidence: Evidence) {
        let readings = evidence.undisturbed.flatMap(Self.readings)
        ceiling = readings.filter { Self.isCertain($0) }.map(\.counted).max() ?? 0
        let limit = ceiling
        let counters = evidence.undisturbed.filter { Self.isDead(($0.expected, $0.counted), below: limit) }
        pattern =
            counters.isEmpty ? .secondCounter : counters.count == evidence.undisturbed.count ? .always : .sometimes
    }

    func isDead(_ run: RunRecord) -> Bool { Self.readings(run).contains { Self.isDead($0, below: ceiling) } }
    func counterIsDead(_ run: RunRecord) -> Bool { Self.isDead((run.expected, run.counted), below: ceiling) }

    private static func isCertain(_ reading: (expected: UInt64, counted: UInt64)) -> Bool {
        reading.expected > 0 && reading.counted <= reading.expected / smallestShare
    }

    private static func isDead(_ reading: (expected: UInt64, counted: UInt64), below ceiling: UInt64) -> Bool {
        isCertain(reading) || (reading.counted <= ceiling && reading.counted < reading.expected / 2)
    }

    /// Counter and sampler. A sampler of instructions cannot have counted fewer than there are branches.
    private static func readings(_ run: RunRecord) -> [(expected: UInt64, counted: UInt64)] {
        let counter = (run.expected, run.counted)
        guard run.arm.hasBystander, let sampler = run.samplerCounted else { return [counter] }
        return [counter, (run.samplerExpected ?? run.expected, sampler)]
    }
}

/// A deviation that no number of branches makes: a power of two, or one below it, from 2^31 on.
enum CountOffset {
    private static let smallest: UInt64 = 1 << 31 - 1
    /// Branches that a run may lose or gain beside its offset and still be known by it.
    private static let nearby: UInt64 = 1 << 20

    /// The run's deviation, if it is one: of the counter, or else of the sampler.
    static func of(_ run: RunRecord) -> Int64? {
        if isOffset(run.deviation) { return run.deviation }
        return run.samplerDeficit.flatMap { isOffset($0) ? $0 : nil }
    }

    static func isNear(_ run: RunRecord, _ offset: UInt64) -> Bool {
        [run.deviation, run.samplerDeficit ?? 0].contains { deviation in
            let magnitude = deviation.magnitude
            return max(magnitude, offset) - min(magnitude, offset) <= nearby
        }
    }

    /// "2^31" or "2^31 - 1".
    static func text(_ magnitude: UInt64) -> String {
        let isPower = magnitude & (magnitude - 1) == 0
        let power = (isPower ? magnitude : magnitude + 1).trailingZeroBitCount
        return isPower ? "2^\(power)" : "2^\(power) - 1"
    }

    private static func isOffset(_ deviation: Int64) -> Bool {
        let magnitude = deviation.magnitude
        guard magnitude >= smallest else { return false }
        return magnitude & (magnitude - 1) == 0 || magnitude & (magnitude + 1) == 0
    }
}
