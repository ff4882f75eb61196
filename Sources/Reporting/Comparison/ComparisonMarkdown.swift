/// A comparison for an issue, a wiki or a step summary.
public enum ComparisonMarkdown {
    public static func render(_ comparison: Comparison) -> String {
        var blocks = ["## truecount: reports compared"]
        let rows = ComparisonText.worstFirst(comparison.reports).map { report in
            [report.name, report.headline, report.scope.kernel, report.scope.cpu]
        }
        blocks.append(MarkdownText.table(["report", "verdict", "kernel", "CPU"], rows))
        for difference in comparison.differences {
            blocks.append(
                "### \(MarkdownText.escaped("\(difference.report), compared with \(comparison.reports[0].name)"))")
            blocks.append(changes(difference.changes))
        }
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private static func changes(_ changes: [Change]) -> String {
        guard !changes.isEmpty else { return "Nothing that matters to a count changed." }
        let rows = ComparisonText.shown(changes).map { line in
            switch line {
            case .change(let change):
                [
                    change.weight.rawValue, change.kind.rawValue, change.subject, change.before ?? "none",
                    change.after ?? "none",
                ]
            case .more(let count, let kind): ["", kind.rawValue, "and \(count) more", "", ""]
            }
        }
        return MarkdownText.table(["", "what", "of", "before", "after"], rows)
    }
}
