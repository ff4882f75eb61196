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

    /// What one report has that the first has not.
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
                .probe, weight, probe.id, before: "\(old.outcome.rawValue) (\(old.reason))",
                after: "\(probe.outcome.rawValue) (\(probe.reason))")
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
