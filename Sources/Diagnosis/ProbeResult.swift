/// How a probe ended.
public enum ProbeOutcome: String, Codable, Sendable, Hashable {
    case clean, finding, inconclusive, skipped
}

/// What one probe has to say. The first five names are fixed in the report's format.
public struct ProbeResult: Codable, Sendable, Hashable {
    public var id: String
    public var question: String
    public var outcome: ProbeOutcome
    /// Why it is inconclusive or skipped; for the others the short answer that a person reads ("yes", "no: low by 10
    /// per PMI").
    public var reason: String
    /// Short name of the line a person reads, such as "interrupted runs exact".
    public var title: String
    /// Undisturbed runs that the answer rests on, the disturbed ones beside them, and the PMIs taken in the former.
    public var runs: Int
    public var disturbedRuns: Int
    public var pmis: UInt64

    public init(
        id: String, question: String, title: String, outcome: ProbeOutcome, reason: String, runs: Int = 0,
        disturbedRuns: Int = 0, pmis: UInt64 = 0
    ) {
        self.id = id
        self.question = question
        self.title = title
        self.outcome = outcome
        self.reason = reason
        self.runs = runs
        self.disturbedRuns = disturbedRuns
        self.pmis = pmis
    }
}
