import Measurement

/// One experiment that answers one question: the runs it plans, the runs it is about, and its words. It has no judgement
/// of its own: its outcome follows from the findings that rest on its runs.
struct Probe: Sendable {
    /// Stable; part of the report's format. Ends in `-control` where the runs are meant to deviate.
    let id: String
    let question: VendorText
    /// The line a person reads, at most 24 characters.
    let title: VendorText
    /// The condition under which its runs are made; nil for those of the four arms.
    var condition: Condition.Kind?
    /// The faults that answer the question; nil where every fault that shows in its runs does.
    var faults: Set<Fault>?
    /// Whether no verdict is accurate without a clean answer.
    var isMandatory = false
    /// Why this probe can say nothing in that schedule, in a few words; nil where it can.
    var omission: @Sendable (Schedule) -> String? = { _ in nil }
    /// The runs of one round; none for a probe that reads what others measure.
    var plans: @Sendable (Schedule, _ round: Int, inout SeededGenerator) -> [RunPlan] = { _, _, _ in [] }
    /// The runs that it is about, disturbed ones included.
    let runs: @Sendable (Evidence) -> [Run]
    /// Why there are no such runs, where it is not that none was asked for.
    var whyNone: @Sendable (Evidence) -> String? = { _ in nil }
    /// Whether that part of a run which the question is about is not as it should be.
    var deviates: @Sendable (RunRecord, Evidence) -> Bool = { run, _ in run.isSuspicious }
    /// Whether a disturbed run is as good as another one for the answer.
    var takesDisturbedRuns = false
    /// What its runs say where no finding rests on them.
    let answer: @Sendable (Evidence, [Run]) -> Answer

    enum Answer: Sendable {
        /// A clean answer, such as "exact".
        case clean(String)
        /// The answer to a question about a figure: it stands before a finding, too.
        case value(String)
        case notMeasured(String)
        /// The control has not seen what was planted.
        case failed(String)
    }

    /// Whether its runs can show that fault.
    func answers(_ known: KnownFault) -> Bool {
        if let condition { return known.conditions.contains(condition) }
        if let faults { return faults.contains(known.fault) }
        return known.probes.contains(id)
    }

    func result(_ evidence: Evidence, _ findings: [Finding], omission: String? = nil) -> ProbeResult {
        var result = ProbeResult(
            id: id, question: question.general, title: title.general, outcome: .skipped, answer: "")
        if let omission {
            result.answer = Self.notMeasured(omission)
            return result
        }
        let all = runs(evidence)
        let usable = takesDisturbedRuns ? all : all.filter { !$0.record.isDisturbed }
        result.runs = usable.count
        result.disturbedRuns = all.count - usable.count
        result.pmis = usable.reduce(0) { $0 + $1.record.pmis }
        let deviating = Set(usable.filter { deviates($0.record, evidence) }.map(\.index))
        let own = findings.filter { finding in
            (faults?.contains(finding.fault) ?? true) && finding.runs.contains { deviating.contains($0) }
        }
        let answer =
            usable.isEmpty
            ? Answer.notMeasured(whyThereAreNone(all, evidence))
            : faults != nil && own.isEmpty && !deviating.isEmpty
                ? .notMeasured("its runs deviate for another reason")
                : result.pmis == 0 && usable.allSatisfy(\.record.arm.samples)
                    // Exact counts say nothing of PMIs that never came.
                    ? .notMeasured("no PMI came in \(Figures.counted(UInt64(usable.count), "run"))")
                    : self.answer(evidence, usable)
        if let finding = own.first(where: \.isReproduced) ?? own.first {
            result.outcome = .finding
            result.answer = finding.brief
            if case .value(let value) = answer { result.answer = "\(value); \(finding.brief)" }
            return result
        }
        switch answer {
        case .clean(let text), .value(let text):
            result.outcome = .clean
            result.answer = text
        case .notMeasured(let reason):
            result.outcome = isMandatory ? .inconclusive : .skipped
            result.answer = Self.notMeasured(reason)
        case .failed(let reason):
            result.outcome = .inconclusive
            result.answer = reason
        }
        return result
    }

    private static func notMeasured(_ reason: String) -> String { ProbeResult.notMeasured + reason }

    private func whyThereAreNone(_ all: [Run], _ evidence: Evidence) -> String {
        guard all.isEmpty else {
            let why = Set(all.flatMap(\.record.disturbances)).map(\.rawValue).sorted().joined(separator: ", ")
            return "all \(Figures.counted(UInt64(all.count), "run")) were disturbed: \(why)"
        }
        return condition.flatMap { evidence.refusal(of: $0) } ?? whyNone(evidence) ?? "no run was made"
    }

    /// The plan of one arm in one sized run.
    static func plan(
        _ id: String, _ run: SizedRun, _ arm: Arm, _ schedule: Schedule, plantedLoss: UInt64? = nil,
        under kind: Condition.Kind? = nil, level: UInt64? = nil
    ) -> RunPlan {
        let period: UInt64? =
            switch arm {
            case .countingAlone: nil
            case .besideSameEvent, .samplerTotal: run.period
            case .besideOtherEvent: run.otherPeriod
            }
        return RunPlan(
            probe: id, workload: run.workload, iterations: run.iterations, arm: arm, period: period, cpu: schedule.cpu,
            plantedLoss: plantedLoss, condition: kind.map { Condition($0, level: level) })
    }
}

/// A sum over runs, for an answer.
func total(_ runs: [Run], _ count: (RunRecord) -> UInt64) -> UInt64 {
    runs.reduce(0) { $0 + count($1.record) }
}
