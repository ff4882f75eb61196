import Diagnosis

/// What a step of GitHub Actions prints: one annotation for each fault or for the verdict, and the page folded away.
/// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
enum GitHubReport {
    /// GitHub shows ten annotations of a level for each step and drops the others without a word.
    private static let mostAnnotations = 10

    static func render(_ report: Report) -> String {
        var lines = annotations(report)
        lines.append("::group::truecount \(data(Summary.word(report)))")
        // A command is a line that begins with "::" (ActionCommand.TryParseV2 trims blanks first), or holds "##["
        // anywhere (the older syntax).
        for line in TextReport().render(report).split(separator: "\n", omittingEmptySubsequences: false) {
            lines.append("| \(inert(String(line)))")
        }
        lines.append("::endgroup::")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func annotations(_ report: Report) -> [String] {
        let scope = Summary.scope(report)
        let reproduced = report.findings.filter(\.isReproduced)
        if report.verdict == .faulty, !reproduced.isEmpty {
            return reproduced.prefix(mostAnnotations).map { finding in
                annotation(
                    "error", title: "truecount \(Summary.word(report)): \(finding.fault.rawValue)",
                    "\(finding.headline)\n\(finding.mechanism)\n\(finding.advice)\n\(scope)")
            }
        }
        let text = "\(Summary.sentence(report))\n\(scope)"
        return [annotation(level(report.verdict), title: "truecount: \(Summary.word(report))", text)]
    }

    private static func level(_ verdict: Verdict) -> String {
        switch verdict {
        case .faulty: "error"
        case .inconclusive: "warning"
        case .accurate, .unsupported: "notice"
        }
    }

    static func annotation(_ level: String, title: String, _ text: String) -> String {
        let message = text.split(separator: "\n").map { printable(String($0)) }.joined(separator: "\n")
        return "::\(level) title=\(property(printable(title)))::\(data(message))"
    }

    /// Escapes of `escapeData()` and `escapeProperty()` in actions/toolkit.
    private static func data(_ text: String) -> String {
        replaced(inert(text), ["%": "%25", "\r": "%0D", "\n": "%0A"])
    }

    private static func property(_ text: String) -> String {
        replaced(inert(text), ["%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"])
    }

    private static func replaced(_ text: String, _ escapes: [Character: String]) -> String {
        text.map { escapes[$0] ?? String($0) }.joined()
    }

    static func inert(_ text: String) -> String {
        text.split(separator: "##[", omittingEmptySubsequences: false).joined(separator: "# #[")
    }
}
