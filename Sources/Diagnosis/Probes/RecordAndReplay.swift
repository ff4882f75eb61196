import Measurement

/// A recording, and the run of the same program without PMIs that is its replay.
public struct RecordedPair: Sendable {
    public let recording: RunRecord
    public let replay: RunRecord

    /// The first event at which the two have different counts.
    public struct Divergence: Sendable, Hashable {
        public var recorded: TimelineRow
        public var replayed: TimelineRow

        /// Replayed minus recorded: what the recording lacks, where positive.
        public var counts: Int64 { Int64(bitPattern: replayed.counted &- recorded.counted) }
    }

    public var divergence: Divergence? {
        zip(recording.timeline ?? [], replay.timeline ?? []).first { $0.counted != $1.counted }
            .map { Divergence(recorded: $0, replayed: $1) }
    }

    /// Each undisturbed recording with the first such replay of its program on its CPU, in the order of the runs.
    public static func all(in runs: [RunRecord]) -> [RecordedPair] {
        let made = runs.filter { $0.condition?.kind == .recorder && !$0.isDisturbed }
        return made.filter { $0.arm == .samplerTotal }.compactMap { recording in
            made.first {
                $0.arm == .countingAlone && $0.condition == recording.condition && $0.cpu == recording.cpu
            }
            .map { RecordedPair(recording: recording, replay: $0) }
        }
    }
}

extension Probe {
    /// Question: does a recording replay? Method: condition recorder: a traced child whose counter interrupts as a recorder's
    /// does (arm D), and the same program without PMIs (arm A); both are read at each event, such as a system call.
    /// Expected: the same counts at every event, and the closed form's. Verdict rule: an event at which a count is another
    /// one is a finding. What the four arms show already is theirs.
    static let recordAndReplay = Probe(
        id: "record-and-replay",
        question: "Does a program recorded with PMIs count the same when it is replayed without?",
        title: "record and replay", condition: .recorder, omission: { $0.needsOwnPeriods },
        plans: { schedule, round, generator in
            // What one recording alone showed is repeated anyhow.
            guard round < (schedule.effort == .quick ? 1 : 2), let run = recordedRun(schedule) else { return [] }
            // Drawn from a copy, so that the order of all other runs does not depend on this probe. Short enough to be typed.
            var own = generator
            let seed = own.next() >> 32
            return [Arm.samplerTotal, .countingAlone].map {
                plan("record-and-replay", run, $0, schedule, under: .recorder, level: seed)
            }
        },
        runs: { $0.runs(under: .recorder) },
        answer: { _, runs in
            let pairs = RecordedPair.all(in: runs.map(\.record))
            guard !pairs.isEmpty else { return .notMeasured("no recording has a replay") }
            guard pairs.contains(where: { $0.recording.pmis > 0 }) else {
                return .notMeasured("no PMI came in a recording")
            }
            guard let divergence = pairs.lazy.compactMap(\.divergence).first?.recorded else {
                return .clean(
                    "exact at each of \(Figures.grouped(UInt64(pairs.reduce(0) { $0 + ($1.recording.timeline?.count ?? 0) }))) events"
                )
            }
            let pmis = Figures.counted(UInt64(clamping: divergence.pmisBefore), "PMI")
            return .value("differs from event \(divergence.event) on, after \(pmis)")
        })

    /// A recorder's own period, or where that would take too long, a shorter one that gives as many PMIs.
    private static func recordedRun(_ schedule: Schedule) -> SizedRun? {
        guard let calibration = schedule.calibrations.first else { return nil }
        let most: UInt64 = 20
        let affordable = UInt64(schedule.nanosecondsForLongRuns / 4 / calibration.nanosecondsPerCount)
        let period = min(RecordedSegments.period(on: schedule.source), max(17, affordable / most | 1))
        let pmis = min(most, schedule.sizing.mostPMIs(at: period, calibration))
        return schedule.run(calibration, period: period, counts: pmis * period + period / 2)
    }
}
