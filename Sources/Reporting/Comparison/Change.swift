/// One thing in which a report differs from the one it is compared with.
public struct Change: Codable, Sendable, Hashable {
    /// The worst first.
    public enum Weight: String, Codable, Sendable, Hashable, CaseIterable, Comparable {
        /// Something was right, or answered, and is no longer.
        case worse
        /// Neither better nor worse by itself; often the reason of what is.
        case different
        case better

        public static func < (first: Weight, second: Weight) -> Bool {
            (allCases.firstIndex(of: first) ?? 0) < (allCases.firstIndex(of: second) ?? 0)
        }
    }

    /// What kind of thing changed. The raw values are part of the format; within a weight they are told in this order.
    public enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
        case newFault = "new-fault"
        case largerFault = "larger-fault"
        case answerLost = "answer-lost"
        case verdict
        case source
        case goneFault = "gone-fault"
        case smallerFault = "smaller-fault"
        case probe
        case count
        case skid
        case scope
        case environment
    }

    public var kind: Kind
    public var weight: Weight
    /// What changed: a fault's slug, a probe's id, the name of a fact, or which runs.
    public var subject: String
    /// Absent where there was nothing.
    public var before: String?
    public var after: String?
    /// How much, where kinds are to be ordered among themselves; counts.
    var magnitude: UInt64 = 0

    private enum CodingKeys: String, CodingKey { case kind, weight, subject, before, after }

    init(
        _ kind: Kind, _ weight: Weight, _ subject: String, before: String?, after: String?, magnitude: UInt64 = 0
    ) {
        self.kind = kind
        self.weight = weight
        self.subject = subject
        self.before = before
        self.after = after
        self.magnitude = magnitude
    }

    /// "new fault freeze-on-pmi: 10 branches lost at each PMI", "kernel: 5.10.0 → 6.1.0".
    var sentence: String {
        switch kind {
        case .newFault: "new fault \(subject): \(after ?? "")"
        case .goneFault: "gone is the fault \(subject): \(before ?? "")"
        case .largerFault: "larger fault \(subject): \(movement)"
        case .smallerFault: "smaller fault \(subject): \(movement)"
        case .answerLost: "an answer is lost: \(movement)"
        case .count, .probe: "\(kind.rawValue) \(subject): \(movement)"
        case .verdict, .source, .skid, .scope, .environment: "\(subject): \(movement)"
        }
    }

    private var movement: String { "\(before ?? "none") → \(after ?? "none")" }

    /// Worst first; in a weight by kind, then by size.
    static func isWorse(_ first: Change, _ second: Change) -> Bool {
        if first.weight != second.weight { return first.weight < second.weight }
        if first.kind != second.kind { return rank(first.kind) < rank(second.kind) }
        if first.magnitude != second.magnitude { return first.magnitude > second.magnitude }
        return first.subject < second.subject
    }

    private static func rank(_ kind: Kind) -> Int { Kind.allCases.firstIndex(of: kind) ?? 0 }
}
