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
        if !report.probes.isEmpty { blocks.append(probes(report)) }
        blocks += deviations(report)
        if !report.notes.isEmpty { blocks.append("Notes:\n\n" + list(report.notes)) }
        blocks.append("Again: \(MarkdownText.code(ReportedCommands(report).reproduce))")
        let time = report.startedAt.formatted(.iso8601)
        blocks.append("\(text(report.tool.name)) \(text(report.tool.version)), \(time), seed \(report.seed)")
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private static func finding(_ finding: Finding) -> String {
        var lines = [
            "### \(text(FindingText.headline(finding)))\(finding.isReproduced ? "" : " (seen once, not reproduced)")",
            "", text(finding.mechanism), "", text(finding.advice),
        ]
        if !finding.evidence.isEmpty { lines += ["", "Shown by:", "", list(finding.evidence)] }
        if !finding.excluded.isEmpty {
            lines += ["", "Excluded:", "", list(finding.excluded.map { "\($0.alternative): \($0.because)" })]
        }
        return lines.joined(separator: "\n")
    }

    private static func probes(_ report: Report) -> String {
        let label = report.source == .hardware ? "" : report.source == .simulated ? "SIMULATED: " : "breakpoint: "
        return MarkdownText.table(
            ["probe", "rests on", "outcome", "answer"],
            report.probes.map { probe in
                [label + probe.title, Summary.figures(probe), probe.outcome.rawValue, probe.reason]
            })
    }

    /// The first runs that deviate, as measured. The control's runs deviate because they are meant to.
    private static func deviations(_ report: Report) -> [String] {
        let runs = DeviatingRun.all(of: report)
        guard !runs.isEmpty else { return [] }
        let rows = runs.prefix(mostRuns).map { run in
            [
                run.workload, run.arm, run.period.map(String.init) ?? "", String(run.expected), String(run.counted),
                String(run.pmis), String(run.deviation),
            ]
        }
        let heading = ["workload", "arm", "period", "expected", "counted", "PMIs", "expected − counted"]
        let more = runs.count > mostRuns ? ["\(runs.count - mostRuns) more runs deviate."] : []
        return ["Runs whose count is not the expected one:", MarkdownText.table(heading, rows)] + more
    }

    private static func list(_ items: [String]) -> String {
        // A first word such as "1." or "-" would begin a list within the list.
        items.map { "- \u{2060}\(text($0))" }.joined(separator: "\n")
    }

    private static func text(_ text: String) -> String { MarkdownText.escaped(text) }
}
