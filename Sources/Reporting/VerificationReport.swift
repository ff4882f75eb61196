import Diagnosis
import Workloads

/// What single-stepping said of every closed form: the output of `truecount verify`.
public struct VerificationReport: Codable, Sendable, Hashable {
    public var schemaVersion: Int
    public var tool: Tool
    /// Whether every row agrees, and there is none missing.
    public var agrees: Bool
    public var rows: [VerificationRow]
    /// True if it was stopped before its end, else absent.
    public var interrupted: Bool?

    public init(rows: [VerificationRow], interrupted: Bool, tool: Tool = .current) {
        self.schemaVersion = reportSchemaVersion
        self.tool = tool
        self.agrees = !interrupted && !rows.isEmpty && rows.allSatisfy(\.agrees)
        self.rows = rows
        self.interrupted = interrupted ? true : nil
    }

    /// A line for each figure of each workload, then the answer.
    public func text(style: TextStyle = .plain) -> String {
        var table = TextTable()
        for (workload, rows) in inOrder(rows, by: \.workload) {
            for (figure, rows) in inOrder(rows, by: \.figure) {
                table.add(workload, figure.rawValue, Self.lengths(rows), Self.answer(rows))
            }
        }
        return table.render(style) + "\n" + style.wrapped(conclusion, hanging: 2).joined(separator: "\n") + "\n"
    }

    private var conclusion: String {
        let wrong = rows.count { !$0.agrees }
        if wrong > 0 {
            return
                "WRONG · \(wrong) of \(rows.count) comparisons disagree: truecount's own workloads do not branch here as"
                + " computed, so trust no diagnosis of this build"
        }
        if interrupted == true { return "INTERRUPTED · \(rows.count) comparisons agree; the others were not made" }
        return "VERIFIED · \(rows.count) comparisons of closed forms with single-stepped runs, all equal"
    }

    private static func lengths(_ rows: [VerificationRow]) -> String {
        Figures.counted(UInt64(rows.count), "run") + " of "
            + rows.map { Figures.grouped($0.iterations) }.joined(separator: " ")
    }

    private static func answer(_ rows: [VerificationRow]) -> String {
        let wrong = rows.filter { !$0.agrees }
        guard !wrong.isEmpty else { return "agrees" }
        let details = wrong.map { row in
            let place = row.firstDisagreement.map {
                ", first at offset \($0.offset): expected \($0.expected.map(String.init) ?? "none"), seen \($0.observed)"
            }
            return "\(Figures.grouped(row.iterations)) iterations: \(Figures.grouped(row.expected)) expected,"
                + " \(Figures.grouped(row.observed)) seen\(place ?? "")"
        }
        return "DIFFERS: " + details.joined(separator: "; ")
    }

    /// Groups rows by a key, in the order in which the keys first come.
    private func inOrder<Key: Hashable>(
        _ rows: [VerificationRow], by key: (VerificationRow) -> Key
    ) -> [(Key, [VerificationRow])] {
        var keys: [Key] = []
        var groups: [Key: [VerificationRow]] = [:]
        for row in rows {
            if groups[key(row)] == nil { keys.append(key(row)) }
            groups[key(row), default: []].append(row)
        }
        return keys.map { ($0, groups[$0] ?? []) }
    }
}
