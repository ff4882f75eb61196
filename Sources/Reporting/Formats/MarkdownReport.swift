import Diagnosis
import FoundationEssentials
import Measurement

/// A page for an issue, a wiki or a step summary, in GitHub's Markdown: the verdict first, then what it rests on.
enum MarkdownReport {
    private static let mostRuns = 10

    static func render(_ report: Report) -> String {
        var blocks = ["## truecount: \(text(Summary.word(report)))"]
        // A reproduced fault has a heading of its own, which says the same.
        if !report.findings.contains(where: \.isReproduced) { blocks.append(text(Summary.sentence(report))) }
        blocks += Summary.cautions(report).map { "**\(text($0))**" }
        blocks.append(text(Summary.scope(report)))
        blocks += report.findings.map(finding)
        let reasons = report.reasons.dropFirst()
        if !reasons.isEmpty { blocks.append(list(Array(reasons))) }
        let disturbances = Summary.disturbances(report)
        if !disturbances.isEmpty { blocks.append(list(disturbances)) }
        if !report.probes.isEmpty { blocks.append(probes(report)) }
        blocks += deviations(report)
        let notes = Summary.notes(report)
        if !notes.isEmpty { blocks.append("Notes:\n\n" + list(notes)) }
        blocks.append("Again: \(MarkdownText.code(ReportedCommands(report).reproduce))")
        let time = report.startedAt.formatted(.iso8601)
        blocks.append("\(text(report.tool.name)) \(text(report.tool.version)), \(time), seed \(report.seed)")
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private static func finding(_ finding: Finding) -> String {
        var lines = [
            "### \(text(finding.headline))\(finding.isReproduced ? "" : " (seen once, not reproduced)")",
            "", text(finding.mechanism), "", text(finding.advice),
        ]
        if !finding.evidence.isEmpty { lines += ["", "Shown by:", "", list(finding.evidence)] }
        if !finding.excluded.isEmpty {
            lines += ["", "Excluded:", "", list(finding.excluded.map { "\($0.alternative): \($0.because)" })]
        }
        if !finding.notMeasured.isEmpty { lines += ["", list(finding.notMeasured.map(\.sentence))] }
        return lines.joined(separator: "\n")
    }

    private static func probes(_ report: Report) -> String {
        let label = report.source.label(with: ": ")
        return MarkdownText.table(
            ["probe", "rests on", "outcome", "answer"],
            report.probes.map { probe in
                [label + probe.title, Summary.figures(probe), probe.outcome.rawValue, probe.answer]
            })
    }

    /// The first runs that deviate, as measured. The control's runs deviate because they are meant to.
    private static func deviations(_ report: Report) -> [String] {
        let runs = DeviatingRun.all(of: report)
        guard !runs.isEmpty else { return [] }
        let rows = runs.prefix(mostRuns).map { run in
            [
                run.workload, run.arm, run.period.map(String.init) ?? "", String(run.expected), String(run.counted),
                String(run.pmis), Direction.words(deficit: run.deviation),
            ]
        }
        let heading = ["workload", "arm", "period", "expected", "counted", "PMIs", "difference"]
        let more = runs.count > mostRuns ? ["\(runs.count - mostRuns) more runs deviate."] : []
        return ["Runs whose count is not the expected one:", MarkdownText.table(heading, rows)] + more
    }

    private static func list(_ items: [String]) -> String {
        // A first word such as "1." or "-" would begin a list within the list.
        items.map { "- \u{2060}\(text($0))" }.joined(separator: "\n")
    }

    private static func text(_ text: String) -> String { MarkdownText.escaped(text) }
}

/// Text from outside as GitHub's Markdown shows it: nothing in it formats, links, mentions or is HTML.
enum MarkdownText {
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in printable(text) {
            switch character {
            case "\\", "`", "*", "_", "[", "]", "|", "#", "~", "!", "$": result += "\\\(character)"
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            // A word joiner breaks a mention and an autolink, and is not seen: neither has an escape.
            case "@": result += "@\u{2060}"
            default: result.append(character)
            }
        }
        return broken(broken(result, after: ":", before: "//"), after: "www", before: ".")
    }

    /// A code span: its fence is longer than any run of backticks in it (CommonMark 6.1).
    static func code(_ text: String) -> String {
        let text = printable(text)
        let longest = text.split(whereSeparator: { $0 != "`" }).map(\.count).max() ?? 0
        let fence = String(repeating: "`", count: longest + 1)
        let blank = longest > 0 ? " " : ""
        return fence + blank + text + blank + fence
    }

    /// - Parameter rows: Cells as they came from outside.
    static func table(_ heading: [String], _ rows: [[String]]) -> String {
        ([heading, heading.map { _ in "---" }] + rows.map { $0.map(escaped) })
            .map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    private static func broken(_ text: String, after first: String, before second: String) -> String {
        text.split(separator: first + second, omittingEmptySubsequences: false)
            .joined(separator: "\(first)\u{2060}\(second)")
    }
}
