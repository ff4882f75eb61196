import Measurement

/// One experiment that answers one question. It names the runs it needs, and concludes from the runs there are: a pure
/// function of records.
protocol Probe: Sendable {
    /// Stable; part of the report's format. Ends in `-control` where the runs are meant to deviate.
    var id: String { get }
    var question: String { get }
    /// The line a person reads.
    var title: String { get }
    /// The runs of one round; empty for a probe that reads what others measure.
    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan]
    /// Why this probe can say nothing in that schedule, in a few words; nil where it can.
    func omission(_ schedule: Schedule) -> String?
    func conclude(_ evidence: Evidence) -> ProbeConclusion
}

struct ProbeConclusion: Sendable {
    var outcome: ProbeOutcome
    var answer: String
    var runs: [RunRecord]
    var disturbedRuns: Int = 0
}

extension Probe {
    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan] { [] }

    func omission(_ schedule: Schedule) -> String? { nil }

    func result(_ evidence: Evidence, omission: String? = nil) -> ProbeResult {
        let conclusion = omission.map { .skipped($0) } ?? conclude(evidence)
        return ProbeResult(
            id: id, question: question, title: title, outcome: conclusion.outcome, reason: conclusion.answer,
            runs: conclusion.runs.count, disturbedRuns: conclusion.disturbedRuns,
            pmis: conclusion.runs.reduce(0) { $0 + $1.pmis })
    }

    /// The plan of one arm in one setting.
    func plan(_ setting: SizedRun, _ arm: Arm, cpu: Int, plantedLoss: UInt64? = nil) -> RunPlan {
        let period: UInt64? =
            switch arm {
            case .countingAlone: nil
            case .besideSameEvent, .samplerTotal: setting.period
            case .besideOtherEvent: setting.otherPeriod
            }
        return RunPlan(
            probe: id, workload: setting.workload, iterations: setting.iterations, arm: arm, period: period, cpu: cpu,
            plantedLoss: plantedLoss)
    }
}

extension RunPlan {
    /// The same run under a condition.
    func within(_ kind: Condition.Kind, level: UInt64? = nil) -> RunPlan {
        var plan = self
        plan.condition = Condition(kind, level: level)
        return plan
    }
}

extension ProbeConclusion {
    static func skipped(_ reason: String, disturbedRuns: Int = 0) -> ProbeConclusion {
        ProbeConclusion(outcome: .skipped, answer: reason, runs: [], disturbedRuns: disturbedRuns)
    }
}

/// The conclusion of a probe whose condition could not be had, or that planned no run of it; nil if there are runs.
func withoutCondition(_ kind: Condition.Kind, in evidence: Evidence) -> ProbeConclusion? {
    guard evidence.runs(in: kind).isEmpty else { return nil }
    return .skipped(evidence.refusal(of: kind) ?? "no run was made")
}

/// The runs that a condition's probe concludes from, or why there are none. Disturbed ones tell nothing, and what
/// was asked besides the four arms makes no verdict inconclusive.
func condition(
    _ kind: Condition.Kind, in evidence: Evidence, _ conclude: ([RunRecord]) -> ProbeConclusion
) -> ProbeConclusion {
    if let without = withoutCondition(kind, in: evidence) { return without }
    let all = evidence.runs(in: kind)
    let runs = all.filter { !$0.isDisturbed }
    guard !runs.isEmpty else {
        let why = Set(all.flatMap(\.disturbances)).map(\.rawValue).sorted().joined(separator: ", ")
        return .skipped("all \(all.count) runs were disturbed: \(why)", disturbedRuns: all.count)
    }
    var conclusion = conclude(runs)
    conclusion.disturbedRuns = all.count - runs.count
    return conclusion
}

/// Whether all of them counted exactly: "yes" in the words given, or "no: low by 2 per run".
func exactness(_ runs: [RunRecord], exact: String) -> ProbeConclusion {
    let deviations = runs.flatMap { [$0.deviation, $0.arm.samples ? $0.samplerDeficit ?? 0 : 0] }.filter { $0 != 0 }
    return ProbeConclusion(
        outcome: deviations.isEmpty ? .clean : .finding,
        answer: deviations.isEmpty ? exact : "no: \(deviationText(deviations, per: "run"))", runs: runs)
}

/// A conclusion's first question: is there anything to conclude from?
func tooLittle(_ runs: [RunRecord], disturbed: Int) -> ProbeConclusion? {
    guard runs.isEmpty else { return nil }
    return ProbeConclusion(
        outcome: .inconclusive,
        answer: disturbed == 0 ? "no run was made" : "all \(disturbed) runs were disturbed", runs: [],
        disturbedRuns: disturbed)
}

/// "low by 10", "high by 3", "low by 1 to 10".
func deviationText(_ deviations: [Int64], per unit: String) -> String {
    let sorted = deviations.map { Int64(bitPattern: UInt64($0.magnitude)) }.sorted()
    let lows = deviations.contains { $0 > 0 }
    let highs = deviations.contains { $0 < 0 }
    let direction = lows && highs ? "off" : lows ? "low" : "high"
    guard let low = sorted.first, let high = sorted.last else { return "exact" }
    return "\(direction) by \(low == high ? "\(low)" : "\(low) to \(high)") per \(unit)"
}
