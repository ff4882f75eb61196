import Diagnosis

/// Whether a kernel may go where the baseline's has been. No fault passes because the baseline has it, too: only an
/// entry of the policy lets one pass.
public struct GateDecision: Encodable, Sendable, Hashable {
    public enum Outcome: String, Codable, Sendable, Hashable {
        case passed, failed
        /// Neither report answers the question, or they are of different machines.
        case inconclusive
    }

    public var schemaVersion = reportSchemaVersion
    public var tool = Tool.current
    public var outcome: Outcome
    /// What was compared: "Linux 5.10.0 → 6.1.0 on Intel 06-5e-03 (Skylake), guest of QEMU".
    public var compared: String
    /// What decided, most important first, a sentence each. Never empty.
    public var reasons: [String]
    /// Of the report that was decided on, as its runs give it.
    public var verdict: Verdict
    /// Its reproduced faults, those that fail first.
    public var faults: [JudgedFault]
    public var changes: [Change]
    /// 0 passed, 1 failed, 3 inconclusive, 4 unsupported in both reports.
    public var exitCode: Int32

    /// A fault of the report that was decided on.
    public struct JudgedFault: Encodable, Sendable, Hashable {
        public var fault: Fault
        /// The entry of the policy that accepts it; without one the gate fails.
        public var acceptedBy: GatePolicy.Acceptance?
        public var sentence: String
    }

    private enum CodingKeys: String, CodingKey {
        case schemaVersion, outcome, compared, reasons, verdict, faults, changes, exitCode, tool
    }

    /// - Parameter today: The day, "2027-03-31", UTC.
    public init(baseline: GateReport, current: GateReport, policy: GatePolicy, today: String) {
        let (before, after) = (baseline.digest, current.digest)
        let differences = current.machine.differences(from: baseline.machine)
        changes = Comparison.changes(before, after)
        verdict = after.verdict
        compared = Self.compared(before.scope, after.scope, isSameMachine: differences.isEmpty)
        let judged = after.faults.map { Self.judge($0, before, policy, today) }
        faults = judged.filter { $0.acceptedBy == nil } + judged.filter { $0.acceptedBy != nil }
        (outcome, exitCode) = (.inconclusive, 3)
        if let caution = current.caution {
            reasons = [caution]
        } else if !differences.isEmpty {
            reasons = ["not the same machine: \(differences.joined(separator: "; "))"]
        } else if after.verdict == .faulty {
            let fails = faults.isEmpty || faults.contains { $0.acceptedBy == nil }
            (outcome, exitCode) = fails ? (.failed, 1) : (.passed, 0)
            reasons = faults.isEmpty ? after.reasons : faults.map(\.sentence)
        } else if after.verdict == .accurate {
            (outcome, exitCode) = (.passed, 0)
            reasons = [after.reasons.first ?? "no fault was found"]
        } else if before.isAnswered {
            (outcome, exitCode) = (.failed, 1)
            reasons = changes.filter { $0.kind == .answerLost }.map(\.sentence)
        } else {
            reasons = ["no verdict now, and none in the baseline: \(after.reasons.first ?? after.verdict.rawValue)"]
            if after.verdict == .unsupported { exitCode = 4 }
        }
        if reasons.isEmpty { reasons = ["the verdict is \(after.verdict.rawValue)"] }
    }

    private static func compared(_ before: Scope, _ after: Scope, isSameMachine: Bool) -> String {
        isSameMachine
            ? "Linux \(before.kernel) → \(after.kernel) on \(after.machine)"
            : "Linux \(before.kernel) on \(before.machine) → Linux \(after.kernel) on \(after.machine)"
    }

    private static func judge(
        _ finding: Finding, _ baseline: ReportDigest, _ policy: GatePolicy, _ today: String
    ) -> JudgedFault {
        let known = baseline.faults.first { FaultChanges.isSame($0, finding) }
        let isLarger = known.flatMap { FaultChanges.isLarger(finding, than: $0) }
        let name = finding.fault.rawValue
        let what =
            switch (known, isLarger) {
            case (nil, _): "new fault \(name): \(finding.extent)"
            case (_?, nil): "fault \(name), as in the baseline: \(finding.extent)"
            case (let known?, let isLarger?):
                "\(isLarger ? "larger" : "smaller") fault \(name): \(known.extent) → \(finding.extent)"
            }
        let entries = policy.accept.filter { $0.fault == finding.fault }
        let holding = entries.filter { $0.holds(for: finding, on: today) }.max { $0.until < $1.until }
        if let known, holding != nil, FaultChanges.isMoreFrequent(finding, than: known) == true {
            return JudgedFault(
                fault: finding.fault,
                sentence: "\(what); the policy accepts its size, but it is more frequent than in the baseline")
        }
        if let holding {
            return JudgedFault(
                fault: finding.fault, acceptedBy: holding,
                sentence: "accepted until \(holding.until) (\(holding.because)): \(what)")
        }
        return JudgedFault(fault: finding.fault, sentence: what + refusal(entries, finding, today))
    }

    /// Why none of the entries holds.
    private static func refusal(_ entries: [GatePolicy.Acceptance], _ finding: Finding, _ today: String) -> String {
        guard let last = entries.max(by: { $0.until < $1.until }) else {
            return "; no entry of the policy accepts it"
        }
        guard let valid = entries.filter({ $0.until >= today }).max(by: { $0.atMost < $1.atMost }) else {
            return "; the policy accepted it until \(last.until), which is past"
        }
        return "; the policy accepts it up to \(Figures.grouped(valid.atMost)), and it is "
            + Figures.grouped(finding.size.max)
    }
}

extension ReportDigest {
    /// What the verdict `faulty` rests on: a counter that is taken now is not a counter that is wrong.
    var faults: [Finding] { reproduced.filter { $0.fault != .starvedCounter } }
}

extension Scope {
    /// "Intel 06-5e-03 (Skylake), guest of QEMU"
    fileprivate var machine: String {
        let place: String? =
            switch platform {
            case .bareMetal: "bare metal"
            case .guest: "guest of \(hypervisor ?? "an unnamed hypervisor")"
            case .unknown: nil
            }
        return [cpu, coreType, place].compactMap(\.self).joined(separator: ", ")
    }
}
