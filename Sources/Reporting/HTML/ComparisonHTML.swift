import Diagnosis
import Measurement

/// A comparison as one page: the verdicts, worst first, then what changed.
public enum ComparisonHTML {
    /// - Throws: `EncodingError`.
    public static func render(_ comparison: Comparison) throws -> String {
        let sections = comparison.differences.map { difference in
            HTMLPage.section(
                "\(difference.report), compared with \(comparison.reports.first?.name ?? "")",
                [changes(difference.changes)])
        }
        return HTMLPage.render(
            title: "truecount · reports compared",
            body: [header(comparison)] + sections + [
                try SavedJSON.section(comparison, title: "The same as JSON", fileName: "truecount-comparison.json"),
                "<footer>\(comparison.tool.name) \(comparison.tool.version)</footer>\n",
            ])
    }

    private static func header(_ comparison: Comparison) -> HTML {
        let worst = comparison.differences.flatMap(\.changes).map(\.weight).min()
        let answer: (tone: HTML, text: String) =
            switch worst {
            case .worse: ("faulty", "Something is worse")
            case .better: ("accurate", "What changed is better")
            case .different: ("unsupported", "Something is different, nothing is worse")
            case nil: ("accurate", "Nothing that matters to a count changed")
            }
        let rows: [HTML] = ComparisonText.worstFirst(comparison.reports).map { report in
            let isFirst = report.name == comparison.reports.first?.name
            let label = report.source == .hardware ? "" : report.source == .simulated ? "SIMULATED" : "breakpoint"
            return """
                <li><span class="badge \(report.verdict.rawValue)">\(report.verdict.rawValue)</span> \
                <b>\(report.name)</b>\(isFirst ? " (compared with)" : "") \(label)\
                <small>\(report.headline)</small><small>Linux \(report.scope.kernel) · \(report.scope.cpu)</small></li>

                """
        }
        return """
            <header class="\(answer.tone)">
            <h1><span class="word">\(Figures.counted(UInt64(comparison.reports.count), "report")) compared</span> \
            \(answer.text)</h1>
            <ul class="reports">
            \(rows)</ul>
            </header>

            """
    }

    private static func changes(_ changes: [Change]) -> HTML {
        guard !changes.isEmpty else { return HTMLPage.paragraph("Nothing that matters to a count changed.") }
        let rows: [HTML] = ComparisonText.shown(changes).map { line in
            switch line {
            case .change(let change):
                """
                <tr><td><span class="badge \(change.weight.rawValue)">\(change.weight.rawValue)</span></td>\
                <th scope="row">\(change.subject)<small>\(change.kind.rawValue)</small></th>\
                <td>\(change.before ?? "none")</td><td>\(change.after ?? "none")</td></tr>

                """
            case .more(let count, let kind):
                """
                <tr><td></td><th scope="row">and \(count) more<small>\(kind.rawValue)</small></th>\
                <td></td><td></td></tr>

                """
            }
        }
        return """
            <table class="changes">
            <thead><tr><th scope="col">is</th><th scope="col">what</th><th scope="col">before</th>\
            <th scope="col">after</th></tr></thead>
            <tbody>
            \(rows)</tbody>
            </table>

            """
    }
}
