import Diagnosis
import Measurement

/// A comparison for a person: the verdicts, worst first, then what changed.
public struct ComparisonText: Sendable {
    private let style: TextStyle
    /// Changes of one kind that are shown; the JSON has all.
    static let mostOfAKind = 8

    public init(style: TextStyle = .plain) { self.style = style }

    public func render(_ comparison: Comparison) -> String {
        var lines: [String] = []
        for report in Self.worstFirst(comparison.reports) {
            let baseline = report.name == comparison.reports.first?.name ? " (compared with)" : ""
            lines += style.wrapped(printable("\(report.name)\(baseline): \(report.headline)"), hanging: 2)
        }
        guard let first = comparison.reports.first else { return "" }
        for difference in comparison.differences {
            lines += ["", printable("\(difference.report), compared with \(first.name):")]
            if difference.changes.isEmpty { lines.append("  nothing that matters to a count changed") }
            for line in Self.shown(difference.changes) {
                switch line {
                case .change(let change):
                    let text = "\(change.weight.rawValue): \(printable(change.sentence))"
                    lines += style.wrapped(text, indent: 2, hanging: 2)
                case .more(let count, let kind): lines.append("  and \(count) more of kind \(kind.rawValue)")
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    enum Line {
        case change(Change)
        case more(Int, Change.Kind)
    }

    /// The changes with long rows of one kind cut short.
    static func shown(_ changes: [Change]) -> [Line] {
        var lines: [Line] = []
        var rest = changes[...]
        while let first = rest.first {
            let row = rest.prefix { $0.kind == first.kind && $0.weight == first.weight }
            lines += row.prefix(mostOfAKind).map(Line.change)
            if row.count > mostOfAKind { lines.append(.more(row.count - mostOfAKind, first.kind)) }
            rest = rest.dropFirst(row.count)
        }
        return lines
    }

    /// Of equal verdicts the first given comes first.
    static func worstFirst(_ reports: [ReportDigest]) -> [ReportDigest] {
        return reports.enumerated().sorted { first, second in
            let (one, two) = (first.element.verdict.rank, second.element.verdict.rank)
            return one == two ? first.offset < second.offset : one < two
        }.map(\.element)
    }
}

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

    static func changes(_ changes: [Change]) -> String {
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
            return """
                <li><span class="badge \(report.verdict.rawValue)">\(report.verdict.rawValue)</span> \
                <b>\(report.name)</b>\(isFirst ? " (compared with)" : "") \(report.source.label ?? "")\
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

    static func changes(_ changes: [Change]) -> HTML {
        guard !changes.isEmpty else { return HTMLPage.paragraph("Nothing that matters to a count changed.") }
        let rows: [HTML] = ComparisonText.shown(changes).map { line in
            switch line {
            case .change(let change):
                """
                <tr><td><span class="badge \(change.weight.rawValue)">\(change.weight.rawValue)</span></td>\
                <th scope="row">\(change.subject)<small>\(change.kind.rawValue)</small></th>\
                <td data-label="before">\(change.before ?? "none")</td>\
                <td data-label="after">\(change.after ?? "none")</td></tr>

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
