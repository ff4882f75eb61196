import Diagnosis

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
        let order: [Verdict: Int] = [.faulty: 0, .inconclusive: 1, .unsupported: 2, .accurate: 3]
        return reports.enumerated().sorted { first, second in
            let (one, two) = (order[first.element.verdict] ?? 0, order[second.element.verdict] ?? 0)
            return one == two ? first.offset < second.offset : one < two
        }.map(\.element)
    }
}
