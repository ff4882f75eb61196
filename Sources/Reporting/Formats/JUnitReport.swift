import Diagnosis
import FoundationEssentials
import Measurement

/// JUnit XML as Ant began it and Jenkins reads it. It knows no "inconclusive": that is an error, which is no pass.
enum JUnitReport {
    static func render(_ report: Report) -> String {
        let points = TestPoint.all(of: report)
        func count(_ outcome: TestPoint.Outcome) -> Int { points.count { $0.outcome == outcome } }
        let figures =
            #"tests="\#(points.count)" failures="\#(count(.fail))" "#
            + #"errors="\#(count(.error))" skipped="\#(count(.skip))""#
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            #"<testsuites name="truecount" \#(figures)>"#,
            #"  <testsuite name="truecount" \#(figures) timestamp="\#(timestamp(report.startedAt))">"#,
            "    <properties>",
        ]
        lines += properties(report).map {
            #"      <property name="\#(markupEscaped($0.0))" value="\#(markupEscaped($0.1))"/>"#
        }
        lines.append("    </properties>")
        lines += points.flatMap { testcase($0, report) }
        return (lines + ["  </testsuite>", "</testsuites>"]).joined(separator: "\n") + "\n"
    }

    private static func properties(_ report: Report) -> [(String, String)] {
        [
            ("scope", Summary.scope(report)), ("source", report.source.rawValue), ("verdict", report.verdict.rawValue),
            ("seed", String(report.seed)), ("tool", "\(report.tool.name) \(report.tool.version)"),
            ("reproduce", ReportedCommands(report).reproduce),
        ] + Summary.cautions(report).map { ("caution", $0) }
    }

    private static func testcase(_ point: TestPoint, _ report: Report) -> [String] {
        let name = #"    <testcase classname="truecount" name="\#(markupEscaped(point.name))""#
        let message = markupEscaped(point.reason)
        switch point.outcome {
        case .pass: return [name + "/>"]
        case .skip: return [name + ">", #"      <skipped message="\#(message)"/>"#, "    </testcase>"]
        case .error: return [name + ">", element("error", "inconclusive", message, point), "    </testcase>"]
        case .fail:
            let details = point.runs == nil ? findings(report) : markupEscaped("\(point.title): \(point.reason)")
            return [
                name + ">", #"      <failure type="finding" message="\#(message)">\#(details)</failure>"#,
                "    </testcase>",
            ]
        }
    }

    private static func element(_ tag: String, _ type: String, _ message: String, _ point: TestPoint) -> String {
        #"      <\#(tag) type="\#(type)" message="\#(message)">\#(markupEscaped(point.title))</\#(tag)>"#
    }

    private static func findings(_ report: Report) -> String {
        report.findings.flatMap { [$0.headline, $0.mechanism, $0.advice] }
            .map(markupEscaped).joined(separator: "\n")
    }

    /// ISO 8601 without a zone, as the format's schemas have it; the time is UTC.
    private static func timestamp(_ date: Date) -> String {
        let text = date.formatted(.iso8601)
        return text.hasSuffix("Z") ? String(text.dropLast()) : text
    }
}
