import Diagnosis
import Measurement

/// Whether a kernel may go where the baseline's has been.
public struct GateDecision: Encodable, Sendable, Hashable {
    public enum Outcome: String, Codable, Sendable, Hashable {
        case passed, failed
        /// Neither report answers the question, or they cannot be compared.
        case undecided
    }

    public var outcome: Outcome
    /// What decided, most important first, a sentence each.
    public var reasons: [String]
    /// The report that was decided on.
    public var verdict: Verdict
    public var changes: [Change]

    /// - Parameter today: The day, "2027-03-31", UTC.
    public init(baseline: ReportDigest, current: ReportDigest, policy: GatePolicy, today: String) {
        let changes = Comparison.changes(baseline, current)
        self.changes = changes
        verdict = current.verdict
        // Without its PMU a machine is diagnosed by breakpoints: an answer lost. A model of a PMU is another machine.
        guard (baseline.source == .simulated) == (current.source == .simulated) else {
            outcome = .undecided
            reasons = ["counts of \(baseline.source.rawValue) and of \(current.source.rawValue) cannot be compared"]
            return
        }
        var failures: [String] = []
        var remarks: [String] = []
        for change in changes where [.newFault, .largerFault, .answerLost].contains(change.kind) {
            let judged = Self.judge(change, in: current, policy: policy, today: today)
            if judged.isAccepted { remarks.append(judged.sentence) } else { failures.append(judged.sentence) }
        }
        let known = current.reproduced.filter { finding in
            !changes.contains { $0.weight == .worse && $0.subject == finding.fault.rawValue }
        }
        remarks += known.map { "known from the baseline: \(FindingText.headline($0))" }
        if !failures.isEmpty {
            outcome = .failed
            reasons = failures + remarks
        } else if !current.isAnswered {
            outcome = .undecided
            reasons = ["\(current.verdict.rawValue), as the baseline: \(current.reasons.first ?? "no reason given")"]
        } else {
            outcome = .passed
            reasons = remarks.isEmpty ? [current.reasons.first ?? "no fault was found"] : remarks
        }
    }

    private static func judge(
        _ change: Change, in current: ReportDigest, policy: GatePolicy, today: String
    ) -> (isAccepted: Bool, sentence: String) {
        let what = change.sentence
        guard change.kind != .answerLost, let entry = policy.accept.first(where: { $0.fault == change.subject }) else {
            return (false, what)
        }
        if entry.until < today { return (false, "\(what); it was accepted until \(entry.until), which is past") }
        if let most = entry.atMost, change.magnitude > most {
            return (false, "\(what); up to \(most) is accepted")
        }
        return (true, "accepted until \(entry.until) (\(entry.because)): \(what)")
    }

    /// The decision, its reasons, then what else changed.
    public func text(style: TextStyle = .plain) -> String {
        let heading = "GATE \(outcome.rawValue.uppercased())"
        let colour: Colour = outcome == .passed ? .good : outcome == .failed ? .bad : .unsure
        var lines = style.wrapped("\(heading) · \(printable(reasons.first ?? ""))", hanging: 2)
        if let first = lines.first, first.hasPrefix(heading) {
            lines[0] = style.coloured(heading, colour) + first.dropFirst(heading.count)
        }
        for reason in reasons.dropFirst() { lines += style.wrapped(printable(reason), indent: 2, hanging: 2) }
        let told: Set<Change.Kind> = [.newFault, .largerFault, .answerLost]
        for line in ComparisonText.shown(changes.filter { !told.contains($0.kind) }) {
            switch line {
            case .change(let change):
                lines += style.wrapped(
                    "\(change.weight.rawValue): \(printable(change.sentence))", indent: 2, hanging: 2)
            case .more(let count, let kind): lines.append("  and \(count) more of kind \(kind.rawValue)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
