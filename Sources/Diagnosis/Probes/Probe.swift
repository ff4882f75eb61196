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

    func result(_ evidence: Evidence) -> ProbeResult {
        let conclusion = conclude(evidence)
        return ProbeResult(
            id: id, question: question, title: title, outcome: conclusion.outcome, reason: conclusion.answer,
            runs: conclusion.runs.count, disturbedRuns: conclusion.disturbedRuns,
            pmis: conclusion.runs.reduce(0) { $0 + $1.pmis })
    }

    /// The plan of one arm in one setting.
    func plan(_ setting: Setting, _ arm: Arm, cpu: Int, plantedLoss: UInt64? = nil) -> RunPlan {
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
    /// The same run in a circumstance.
    func within(_ kind: Circumstance.Kind, level: UInt64? = nil) -> RunPlan {
        var plan = self
        plan.circumstance = Circumstance(kind, level: level)
        return plan
    }
}

/// The conclusion of a probe whose circumstance could not be had, or that planned no run of it; nil if there are runs.
func withoutCircumstance(_ kind: Circumstance.Kind, in evidence: Evidence) -> ProbeConclusion? {
    guard evidence.runs(in: kind).isEmpty else { return nil }
    return ProbeConclusion(
        outcome: .skipped, answer: evidence.refusal(of: kind) ?? "not part of this effort", runs: [])
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
