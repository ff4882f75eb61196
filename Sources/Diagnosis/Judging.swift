import Measurement

extension DiagnosisResult {
    /// What runs say, live ones and those of a kept report alike.
    ///
    /// - Parameters:
    ///   - skidLimit: counts that rr allows for on this CPU, where known.
    ///   - omissions: why a probe was not asked, by its id.
    ///   - failure: what ended the diagnosis early.
    public static func judged(
        runs: [RunRecord], source: CounterSource, refusals: [Refusal] = [], skidLimit: UInt64? = nil,
        omissions: [String: String] = [:], interrupted: Bool = false, failure: MeasurementError? = nil,
        notes: [String] = []
    ) -> DiagnosisResult {
        let evidence = Evidence(runs: runs, source: source, refusals: refusals, skidLimit: skidLimit)
        let findings = Judge.findings(evidence)
        let probes = ProbeRegistry.all.map { $0.result(evidence, findings, omission: omissions[$0.id]) }
        let decision = VerdictRule.decide(
            source: source, findings: findings, probes: probes, failure: failure, interrupted: interrupted)
        var result = DiagnosisResult(
            source: source, verdict: decision.verdict, reasons: decision.reasons, findings: findings, probes: probes,
            runs: runs, notes: notes, interrupted: interrupted)
        result.skid = SkidSummary(evidence)
        result.refusals = refusals.isEmpty ? nil : refusals
        return result
    }

    /// The same result as its own runs give it: what was found is found again, or else this version judges otherwise.
    /// What no run tells is kept: notes, a fault made on purpose, and a verdict that had other reasons to be cautious.
    ///
    /// - Parameter skidLimit: counts that rr allows for on this CPU, where they are not in ``skid``.
    public func judgedAgain(skidLimit: UInt64? = nil) -> DiagnosisResult {
        guard !runs.isEmpty else { return self }
        let skidLimit = skid?.rrLimit ?? skidLimit
        let skipped = probes.filter { $0.outcome == .skipped && $0.runs == 0 && $0.disturbedRuns == 0 }
        let omissions = Dictionary(skipped.map { ($0.id, $0.whyNotMeasured) }) { first, _ in first }
        func judged(_ runs: [RunRecord], _ verdict: Verdict, _ reasons: [String]) -> DiagnosisResult {
            var result = DiagnosisResult.judged(
                runs: runs, source: source, refusals: refusals ?? [], skidLimit: skidLimit, omissions: omissions,
                interrupted: interrupted)
            // A diagnosis may have ended early, or a machine may not allow an answer, and no run tells of it.
            let wasOpen = verdict == .inconclusive || verdict == .unsupported
            if wasOpen, result.verdict == verdict || result.verdict == .accurate {
                (result.verdict, result.reasons) = (verdict, reasons)
            }
            return result
        }
        let diagnoses = (cpus ?? []).map { one in
            let own = judged(runs.filter { $0.cpu == one.cpu }, one.verdict, one.reasons)
            return CPUDiagnosis(cpu: one.cpu, coreType: one.coreType, skidLimit: skidLimit, result: own)
        }
        var result = cpus == nil ? judged(runs, verdict, reasons) : .merged(diagnoses)
        (result.notes, result.refusals, result.induced) = (notes, refusals, induced)
        guard induced != nil else { return result }
        // Of a fault that was made on purpose the diagnosis said more than its runs do.
        for index in result.findings.indices {
            let before = findings.first { $0.fault == result.findings[index].fault }
            result.findings[index].advice = before?.advice ?? result.findings[index].advice
        }
        if result.verdict == verdict, reasons.starts(with: result.reasons) { result.reasons = reasons }
        return result
    }
}

extension ProbeResult {
    static let notMeasured = "not measured: "

    /// The reason alone of an answer that says that there is none.
    public var whyNotMeasured: String {
        answer.hasPrefix(Self.notMeasured) ? String(answer.dropFirst(Self.notMeasured.count)) : answer
    }
}
