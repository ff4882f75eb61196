import Diagnosis
import FoundationEssentials
import Measurement

/// JUnit XML as Ant began it and Jenkins reads it. It knows no "inconclusive": that is an error, which is no pass.
enum JUnitReport {
    /// - Parameter hostName: of the measured machine; nil where it is not known, or is not to be told.
    static func render(_ report: Report, hostName: String? = nil) -> String {
        let points = TestPoint.all(of: report)
        func count(_ outcome: TestPoint.Outcome) -> Int { points.count { $0.outcome == outcome } }
        let figures =
            #"tests="\#(points.count)" failures="\#(count(.fail))" "#
            + #"errors="\#(count(.error))" skipped="\#(count(.skip))" time="\#(duration(report))""#
        let host = hostName.map { #" hostname="\#(markupEscaped($0))""# } ?? ""
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            #"<testsuites name="truecount" \#(figures)>"#,
            #"  <testsuite name="truecount" \#(figures) timestamp="\#(timestamp(report.startedAt))"\#(host)>"#,
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
        let name =
            #"    <testcase classname="truecount" name="\#(markupEscaped(point.name))" "#
            + #"time="\#(seconds(nanoseconds: point.nanoseconds))""#
        let message = markupEscaped(message(of: point, report))
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
        report.findings.flatMap { [text(of: $0), $0.mechanism, $0.advice] }
            .map(markupEscaped).joined(separator: "\n")
    }

    /// Of a finding with its unit and its frequency, which the answers of probes leave out.
    private static func message(of point: TestPoint, _ report: Report) -> String {
        guard point.outcome == .fail else { return point.reason }
        let named = point.runs == nil ? report.findings : report.findings.filter { point.reason.contains($0.brief) }
        return named.isEmpty ? point.reason : named.map(text).joined(separator: "; ")
    }

    /// "freeze-on-pmi: 10 branches lost at each PMI, on every counter of this CPU; struck 1,670 of 1,670 PMIs"
    private static func text(of finding: Finding) -> String { "\(finding.headline); struck \(finding.strikes)" }

    /// Seconds from the start to the end. A report without an end has the time of its runs.
    private static func duration(_ report: Report) -> String {
        guard let end = report.endedAt else {
            return seconds(nanoseconds: TestPoint.all(of: report).reduce(0) { $0 &+ $1.nanoseconds })
        }
        return "\(UInt64(exactly: end.timeIntervalSince(report.startedAt).rounded()) ?? 0).000"
    }

    private static func seconds(nanoseconds: UInt64) -> String {
        let milliseconds = String(nanoseconds / 1_000_000 % 1000)
        return "\(nanoseconds / 1_000_000_000)." + String(repeating: "0", count: 3 - milliseconds.count) + milliseconds
    }

    /// ISO 8601 without a zone, as the format's schemas have it; the time is UTC.
    private static func timestamp(_ date: Date) -> String {
        let text = date.formatted(.iso8601)
        return text.hasSuffix("Z") ? String(text.dropLast()) : text
    }
}
