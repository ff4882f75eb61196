import Measurement

/// Question: does a recording replay? Method: condition recorder: a traced child whose counter interrupts as a
/// recorder's does (arm D), and the same program without PMIs (arm A); both are read at each event, such as a system
/// call. Expected: the same counts at every event, and the closed form's. Verdict rule: an event at which a count is
/// another one is a finding, and says how many PMIs came before. What the four arms show already is theirs.
struct RecordAndReplay: Probe {
    let id = "record-and-replay"
    let question = "Does a program that was recorded with PMIs count the same when it is replayed without?"
    let title = "recording replays"

    /// At most.
    private static let pmis: UInt64 = 20

    func omission(_ schedule: Schedule) -> String? { schedule.needsOwnPeriods }

    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan] {
        // What one recording alone showed is repeated anyhow.
        guard round < (schedule.effort == .quick ? 1 : 2), let calibration = schedule.calibrations.first else {
            return []
        }
        let setting = Self.setting(schedule, calibration)
        // Drawn from a copy, so that the order of all other runs does not hang on this probe. Short enough to be typed.
        var own = generator
        let seed = own.next() >> 32
        return [Arm.samplerTotal, .countingAlone].map { arm in
            plan(setting, arm, cpu: schedule.cpu).within(.recorder, level: seed)
        }
    }

    /// A recorder's own period, or where that would take too long, a shorter one that gives as many PMIs.
    private static func setting(_ schedule: Schedule, _ calibration: Calibration) -> SizedRun {
        let affordable = UInt64(schedule.nanosecondsForLongRuns / 4 / calibration.nanosecondsPerCount)
        let period = min(RecordedSegments.period(on: schedule.source), max(17, affordable / pmis | 1))
        let pmis = min(pmis, schedule.sizing.mostPMIs(at: period, calibration))
        return schedule.setting(calibration, period: period, counts: pmis * period + period / 2)
    }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        condition(.recorder, in: evidence) { runs in
            let pairs = RecordedPair.all(in: runs)
            guard !pairs.isEmpty else { return .skipped("no recording has a replay beside it") }
            guard pairs.contains(where: { $0.recording.pmis > 0 }) else {
                return .skipped("no PMI came in a recording")
            }
            let events = pairs.reduce(0) { $0 + ($1.recording.timeline?.count ?? 0) }
            if let divergence = pairs.lazy.compactMap(\.divergence).first {
                return ProbeConclusion(outcome: .finding, answer: Self.answer(divergence), runs: runs)
            }
            guard runs.allSatisfy({ !$0.isInexactInCondition }) else {
                return ProbeConclusion(outcome: .finding, answer: "equal, but not what the program retires", runs: runs)
            }
            return ProbeConclusion(outcome: .clean, answer: "yes, at each of \(events) events", runs: runs)
        }
    }

    private static func answer(_ divergence: RecordedPair.Divergence) -> String {
        let recorded = divergence.recorded
        let size = divergence.counts
        return "no: \(size > 0 ? "low" : "high") by \(size.magnitude) at event \(recorded.event), after "
            + (recorded.pmisBefore == 1 ? "1 PMI" : "\(recorded.pmisBefore) PMIs")
    }
}
