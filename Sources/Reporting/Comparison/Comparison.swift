import Diagnosis
import Measurement

/// Reports side by side: the first is what the others are compared with.
public struct Comparison: Encodable, Sendable, Hashable {
    public var schemaVersion = reportSchemaVersion
    public var tool = Tool.current
    /// In the order in which they were given.
    public var reports: [ReportDigest]
    /// One for each report but the first, in their order.
    public var differences: [Difference]

    /// In what one report differs from the first.
    public struct Difference: Encodable, Sendable, Hashable {
        /// Its name.
        public var report: String
        /// The worst first.
        public var changes: [Change]
    }

    public init(_ reports: [ReportDigest]) {
        self.reports = reports
        differences = reports.dropFirst().map { report in
            Difference(report: report.name, changes: reports.first.map { Self.changes($0, report) } ?? [])
        }
    }

    /// The worst first.
    static func changes(_ before: ReportDigest, _ after: ReportDigest) -> [Change] {
        let changes =
            verdict(before, after) + FaultChanges.between(before, after) + facts(before, after)
            // Counts of a breakpoint and of branches are not the same counts.
            + (before.source == after.source
                ? probes(before, after) + counts(before, after) + skid(before, after) : [])
        return changes.sorted(by: Change.isWorse)
    }

    private static func verdict(_ before: ReportDigest, _ after: ReportDigest) -> [Change] {
        var changes: [Change] = []
        if before.source != after.source {
            changes.append(
                Change(
                    .source, .different, "counter source", before: before.source.rawValue,
                    after: after.source.rawValue))
        }
        let (old, new) = (before.verdict, after.verdict)
        guard old != new else { return changes }
        let isLost = before.isAnswered && !after.isAnswered
        let weight: Change.Weight = isLost || new == .faulty ? .worse : after.isAnswered ? .better : .different
        let reason = after.reasons.first.map { ", \($0)" } ?? ""
        return changes + [
            Change(
                isLost ? .answerLost : .verdict, weight, "verdict", before: old.rawValue,
                after: new.rawValue + (after.isAnswered ? "" : reason))
        ]
    }

    private static func probes(_ before: ReportDigest, _ after: ReportDigest) -> [Change] {
        // Lists of files may name a probe twice; the first one counts.
        let known = Dictionary(before.probes.map { ($0.id, $0) }) { first, _ in first }
        return after.probes.compactMap { probe in
            guard let old = known[probe.id], old.outcome != probe.outcome else { return nil }
            let weight: Change.Weight = probe.outcome == .clean ? .better : old.outcome == .clean ? .worse : .different
            return Change(
                .probe, weight, probe.id, before: "\(old.outcome.rawValue) (\(old.answer))",
                after: "\(probe.outcome.rawValue) (\(probe.answer))")
        }
    }

    private static func counts(_ before: ReportDigest, _ after: ReportDigest) -> [Change] {
        after.counts.compactMap { kind, new in
            guard let old = before.counts[kind], (old.low, old.high) != (new.low, new.high) else { return nil }
            let weight: Change.Weight =
                new.magnitude > old.magnitude ? .worse : new.magnitude < old.magnitude ? .better : .different
            let moved = max(new.magnitude, old.magnitude) - min(new.magnitude, old.magnitude)
            return Change(
                .count, weight, kind.description, before: old.text, after: new.text, magnitude: moved)
        }
    }

    private static func skid(_ before: ReportDigest, _ after: ReportDigest) -> [Change] {
        guard let old = before.skid, let new = after.skid,
            (old.min, old.median, old.percentile99, old.max) != (new.min, new.median, new.percentile99, new.max)
        else { return [] }
        func text(_ skid: SkidSummary) -> String {
            "\(skid.min) to \(skid.max) (median \(skid.median), 99 % within \(skid.percentile99))"
        }
        return [Change(.skid, .different, "skid", before: text(old), after: text(new))]
    }

    private static func facts(_ before: ReportDigest, _ after: ReportDigest) -> [Change] {
        Set(before.facts.keys).union(after.facts.keys).compactMap { name in
            let (old, new) = (before.facts[name], after.facts[name])
            guard old != new else { return nil }
            let kind: Change.Kind = ReportDigest.scopeFacts.contains(name) ? .scope : .environment
            return Change(kind, .different, name, before: old, after: new)
        }
    }
}

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
        case .goneFault: "fault \(subject) is gone: \(before ?? "")"
        case .largerFault: "larger fault \(subject): \(movement)"
        case .smallerFault: "smaller fault \(subject): \(movement)"
        case .answerLost: "no verdict any more: \(movement)"
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

/// Faults that came, went, grew or shrank between two reports.
enum FaultChanges {
    static func between(_ before: ReportDigest, _ after: ReportDigest) -> [Change] {
        let came = after.reproduced.compactMap { finding -> Change? in
            let text = finding.extent
            guard let known = before.reproduced.first(where: { isSame($0, finding) }) else {
                return Change(
                    .newFault, .worse, finding.fault.rawValue, before: nil, after: text,
                    magnitude: finding.size.max)
            }
            guard let isLarger = isLarger(finding, than: known) else { return nil }
            return Change(
                isLarger ? .largerFault : .smallerFault, isLarger ? .worse : .better, finding.fault.rawValue,
                before: known.extent, after: text, magnitude: finding.size.max)
        }
        // Only where the later report has an answer is a fault gone that it does not name.
        guard after.isAnswered else { return came }
        return came
            + before.reproduced.filter { known in !after.reproduced.contains { isSame($0, known) } }.map {
                Change(
                    .goneFault, .better, $0.fault.rawValue, before: $0.extent, after: nil,
                    magnitude: $0.size.max)
            }
    }

    static func isSame(_ first: Finding, _ second: Finding) -> Bool {
        first.fault == second.fault && first.per == second.per && first.direction == second.direction
    }

    /// True for larger or more frequent, false for the opposite, nil where the difference may be chance: sizes are
    /// drawn (a skid varies), so a median that lies within the other's range tells nothing. Sizes are whole counts, so
    /// the least difference is one branch.
    static func isLarger(_ after: Finding, than before: Finding) -> Bool? {
        if after.size.median > before.size.max { return true }
        if after.size.median < before.size.min { return false }
        return isMoreFrequent(after, than: before)
    }

    /// Below this difference of two shares nothing is called more or less frequent. The PMIs of a run are not
    /// independent, so over thousands of them the intervals are narrower than what chance makes.
    static let leastFrequencyChange = 0.01

    /// True for more frequent, false for less, nil where the intervals overlap, or the shares differ by less than
    /// ``leastFrequencyChange``.
    static func isMoreFrequent(_ after: Finding, than before: Finding) -> Bool? {
        guard after.frequency.per == before.frequency.per,
            (after.frequency.share - before.frequency.share).magnitude >= leastFrequencyChange
        else { return nil }
        let (new, old) = (after.frequency.interval, before.frequency.interval)
        return new.low > old.high ? true : new.high < old.low ? false : nil
    }
}
