import Diagnosis

/// How a gate's decision is written down.
public enum GateFormat: String, Sendable, CaseIterable {
    case text, json, markdown, html, junit, github, ktap, tap, lava

    /// - Parameter style: for what a person reads; formats for programs ignore it.
    /// - Throws: `EncodingError`.
    public func render(_ decision: GateDecision, style: TextStyle = .plain) throws -> [UInt8] {
        switch self {
        case .text: Array(decision.text(style: style).utf8)
        case .json: try ReportJSON.encode(decision)
        case .markdown: Array(decision.markdown.utf8)
        case .html: Array(try decision.html().utf8)
        case .junit: Array(decision.junit.utf8)
        case .github: Array(decision.github.utf8)
        case .ktap: Array(decision.ktap.utf8)
        case .tap: Array(decision.tap.utf8)
        case .lava: Array(decision.lava.utf8)
        }
    }
}

// MARK: For people

extension GateDecision {
    /// "GATE FAILED"
    var heading: String { "GATE \(outcome.rawValue.uppercased())" }

    /// What was compared, the decision and its first reason, in one line without control characters.
    public var summary: String { printable("\(compared) · \(heading) · \(reasons[0])") }

    /// What else changed: the faults are told by the reasons, if these decided.
    private var rest: [Change] {
        let told: Set<Change.Kind> = [.newFault, .largerFault, .smallerFault, .answerLost]
        return outcome == .inconclusive ? changes : changes.filter { !told.contains($0.kind) }
    }

    /// The summary, the other reasons, then what else changed.
    public func text(style: TextStyle = .plain) -> String {
        let colour: Colour = outcome == .passed ? .good : outcome == .failed ? .bad : .unsure
        var lines = style.wrapped(summary, hanging: 2)
        if let index = lines.firstIndex(where: { $0.contains(heading) }) {
            lines[index] = lines[index].replacing(heading, with: style.coloured(heading, colour), maxReplacements: 1)
        }
        for reason in reasons.dropFirst() { lines += style.wrapped(printable(reason), indent: 2, hanging: 2) }
        for line in ComparisonText.shown(rest) {
            switch line {
            case .change(let change):
                lines += style.wrapped(
                    "\(change.weight.rawValue): \(printable(change.sentence))", indent: 2, hanging: 2)
            case .more(let count, let kind): lines.append("  and \(count) more of kind \(kind.rawValue)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A page for an issue, a wiki or a step summary.
    public var markdown: String {
        let blocks = [
            "## truecount: \(MarkdownText.escaped(heading))", MarkdownText.escaped(compared),
            reasons.map { "- \u{2060}\(MarkdownText.escaped($0))" }.joined(separator: "\n"),
            ComparisonMarkdown.changes(changes),
        ]
        return blocks.joined(separator: "\n\n") + "\n"
    }

    func html() throws -> String {
        let tone: HTML = outcome == .passed ? "accurate" : outcome == .failed ? "faulty" : "inconclusive"
        return HTMLPage.render(
            title: "truecount · \(heading)",
            body: [
                """
                <header class="\(tone)">
                <h1><span class="word">\(heading)</span> \(reasons[0])</h1>
                <p>\(compared)</p>
                </header>

                """,
                HTMLPage.section(
                    "Further reasons", reasons.count > 1 ? [HTMLPage.list(Array(reasons.dropFirst()))] : []),
                HTMLPage.section("What changed", [ComparisonHTML.changes(changes)]),
                try SavedJSON.section(self, title: "The same as JSON", fileName: "truecount-gate.json"),
                "<footer>\(tool.name) \(tool.version)</footer>\n",
            ])
    }
}

// MARK: For other programs

extension GateDecision {
    /// A point for each fault, then the gate itself. A fault that is accepted is skipped, so that nobody takes it for
    /// a pass.
    private var points: [TestPoint] {
        let gate: TestPoint.Outcome =
            switch exitCode {
            case 0: .pass
            case 1: .fail
            case 4: .skip
            default: .error
            }
        return faults.map { fault in
            TestPoint(
                name: "fault.\(slug(fault.fault.rawValue))", title: "fault \(fault.fault.rawValue)",
                outcome: fault.acceptedBy == nil ? .fail : .skip, reason: printable(fault.sentence))
        } + [TestPoint(name: "gate", title: heading, outcome: gate, reason: printable(reasons[0]))]
    }

    private func count(_ outcome: TestPoint.Outcome) -> Int { points.count { $0.outcome == outcome } }

    var junit: String {
        let figures =
            #"tests="\#(points.count)" failures="\#(count(.fail))" "#
            + #"errors="\#(count(.error))" skipped="\#(count(.skip))""#
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#, #"<testsuites name="truecount" \#(figures)>"#,
            #"  <testsuite name="truecount gate" \#(figures)>"#, "    <properties>",
        ]
        for (name, value) in [("compared", compared), ("outcome", outcome.rawValue), ("verdict", verdict.rawValue)] {
            lines.append(#"      <property name="\#(name)" value="\#(markupEscaped(value))"/>"#)
        }
        lines.append("    </properties>")
        for point in points {
            let name = #"    <testcase classname="truecount.gate" name="\#(markupEscaped(point.name))""#
            let message = markupEscaped(point.reason)
            let result: String? =
                switch point.outcome {
                case .pass: nil
                case .skip: #"<skipped message="\#(message)"/>"#
                case .fail: #"<failure type="gate" message="\#(message)">\#(markupEscaped(summary))</failure>"#
                case .error: #"<error type="inconclusive" message="\#(message)">\#(markupEscaped(summary))</error>"#
                }
            lines += result.map { [name + ">", "      \($0)", "    </testcase>"] } ?? [name + "/>"]
        }
        return (lines + ["  </testsuite>", "</testsuites>"]).joined(separator: "\n") + "\n"
    }

    /// One annotation, then the text folded away.
    var github: String {
        let level =
            switch outcome {
            case .passed: "notice"
            case .failed: "error"
            case .inconclusive: "warning"
            }
        var lines = [
            GitHubReport.annotation(
                level, title: "truecount: \(heading)", ([compared] + reasons).joined(separator: "\n")),
            "::group::truecount \(heading)",
        ]
        for line in text().split(separator: "\n") { lines.append("| \(GitHubReport.inert(String(line)))") }
        return (lines + ["::endgroup::"]).joined(separator: "\n") + "\n"
    }

    var ktap: String {
        var lines = ["KTAP version 1", "1..\(points.count)", "# \(printable(compared))"]
        for (index, point) in points.enumerated() {
            lines += ["# \(point.name): \(point.reason)", KTAPReport.result(point, number: index + 1)]
        }
        return (lines + [KTAPReport.totals(points)]).joined(separator: "\n") + "\n"
    }

    var tap: String {
        var lines = ["TAP version 14", "1..\(points.count)", "# \(printable(compared))"]
        for (index, point) in points.enumerated() {
            lines += [
                TAPReport.result(point, number: index + 1), "  ---", "  title: \(TAPReport.quoted(point.title))",
                "  outcome: \(TAPReport.word(point.outcome))", "  answer: \(TAPReport.quoted(point.reason))", "  ...",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// LAVA's signals, with the sentences before them.
    var lava: String {
        var lines = [
            "truecount: \(LAVAReport.withoutBrackets(summary))", "<LAVA_SIGNAL_TESTSET START truecount-gate>",
        ]
        for point in points {
            lines += [
                "truecount: \(point.name): \(LAVAReport.withoutBrackets(point.reason))",
                "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=\(point.name) RESULT=\(LAVAReport.word(point.outcome))>",
            ]
        }
        return (lines + ["<LAVA_SIGNAL_TESTSET STOP>"]).joined(separator: "\n") + "\n"
    }
}
