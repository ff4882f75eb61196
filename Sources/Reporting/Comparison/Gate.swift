import Diagnosis
import FoundationEssentials
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
        remarks += known.map { "known from the baseline: \($0.headline)" }
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

/// Faults that a gate lets through for a while, because someone has decided so and said why.
public struct GatePolicy: Sendable, Hashable {
    public var accept: [Acceptance]

    public struct Acceptance: Sendable, Hashable {
        /// Slug of the fault.
        public var fault: String
        /// The last day on which it is accepted, "2027-03-31", UTC.
        public var until: String
        public var because: String
        /// The largest size that is accepted, in counts; any where absent.
        public var atMost: UInt64?
    }

    public static let none = GatePolicy(accept: [])

    /// - Throws: `GatePolicyError`, also for names that there are not: a mistyped one must not accept everything.
    public init(decoding bytes: [UInt8]) throws(GatePolicyError) {
        if let problem = JSONShape.problem(bytes, depthLimit: 8) { throw GatePolicyError(problem) }
        guard let members = try? ReportJSON.decode(JSONValue.self, from: bytes).members else {
            throw GatePolicyError("it is not JSON")
        }
        try Self.check(members, known: ["accept"])
        guard case .array(let values)? = members["accept"] else {
            throw GatePolicyError("it has no list \"accept\"")
        }
        accept = []
        for value in values { accept.append(try Self.acceptance(value)) }
    }

    /// - Throws: `ReportFileError`, with the file's name and one line.
    public static func read(_ path: String) throws(ReportFileError) -> GatePolicy {
        let bytes = try ReportFile.bytes(path, limit: 1 << 20)
        do throws(GatePolicyError) {
            return try GatePolicy(decoding: bytes)
        } catch {
            throw ReportFileError(path, error.description)
        }
    }

    private init(accept: [Acceptance]) { self.accept = accept }

    private static func acceptance(_ value: JSONValue) throws(GatePolicyError) -> Acceptance {
        guard let members = value.members else { throw GatePolicyError("\"accept\" holds what is no object") }
        try check(members, known: ["fault", "until", "because", "atMost"])
        func text(_ name: String) throws(GatePolicyError) -> String {
            guard case .string(let text)? = members[name], !text.isEmpty else {
                throw GatePolicyError("an entry of \"accept\" has no \"\(name)\"")
            }
            return text
        }
        let until = try text("until")
        guard isDay(until) else { throw GatePolicyError("\"until\": \"\(until)\" is no day such as 2027-03-31") }
        var atMost: UInt64?
        switch members["atMost"] {
        case nil: break
        case .signed(let value)? where value >= 0: atMost = UInt64(value)
        default: throw GatePolicyError("\"atMost\" is no number of counts")
        }
        return Acceptance(fault: try text("fault"), until: until, because: try text("because"), atMost: atMost)
    }

    private static func check(_ members: [String: JSONValue], known: Set<String>) throws(GatePolicyError) {
        if let name = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw GatePolicyError("there is nothing called \"\(name)\" in a policy")
        }
    }

    /// Days written so sort as text.
    private static func isDay(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], text.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) }),
            let month = Int(parts[1]), let day = Int(parts[2])
        else { return false }
        return (1...12).contains(month) && (1...31).contains(day)
    }
}

/// What is wrong with a policy: a clause without the file's name.
public struct GatePolicyError: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String

    init(_ description: String) { self.description = printable(description) }
}
