import Measurement
import Workloads

/// Question: are counts beyond 2^31 and 2^32 right? Method: condition large-count, arm A, a little beyond each; only as
/// far as the effort's time reaches. A counter's width of 48 bits takes days. Expected: exact. Verdict rule: a deviation
/// is a finding; one of a power of two is count-offset (Parallels, rr issue 1818; kernel-and-rr.md 3, row 8).
struct LargeCounts: Probe {
    let id = "large-counts"
    let question = "Are counts beyond 2^31 and 2^32 right?"
    let title = "large counts"

    /// Bits of a count that something in the way may keep, and no more.
    private static let bits: [UInt64] = [31, 32]
    private static let beyond: UInt64 = 1_000_003
    private static let rounds = 2

    func omission(_ schedule: Schedule) -> String? {
        guard sizes(schedule).isEmpty, let calibration = schedule.calibrations.first else { return nil }
        let seconds = Double(Self.rounds) * Self.counts(Self.bits[0]) * calibration.nanosecondsPerCount / 1e9
        return "too long for this effort (\(UInt64(seconds.rounded(.up))) s)"
    }

    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan] {
        guard round < Self.rounds, let calibration = schedule.calibrations.first else { return [] }
        return sizes(schedule).map { bits in
            let setting = schedule.setting(
                calibration, period: schedule.usualPeriod, counts: 1 << bits + Self.beyond)
            return plan(setting, .countingAlone, cpu: schedule.cpu).within(.largeCount, level: bits)
        }
    }

    /// Those that fit into the effort's time, shortest first.
    private func sizes(_ schedule: Schedule) -> [UInt64] {
        guard let calibration = schedule.calibrations.first else { return [] }
        var left = schedule.nanosecondsForLongRuns
        return Self.bits.filter { bits in
            left -= Double(Self.rounds) * Self.counts(bits) * calibration.nanosecondsPerCount
            return left >= 0
        }
    }

    private static func counts(_ bits: UInt64) -> Double { Double(1 << bits + beyond) }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        condition(.largeCount, in: evidence) { runs in
            let bits = runs.compactMap { $0.condition?.level }.max() ?? 0
            return exactness(runs, exact: "exact beyond 2^\(bits)")
        }
    }
}
