import Diagnosis
import Measurement

/// The signals that lava-test-shell looks for in what a device prints. LAVA takes no exit code for an answer.
enum LAVAReport {
    static func render(_ report: Report) -> String {
        // Not part of any signal: a log is read by people, too. "<LAVA_SIGNAL" cannot begin in it.
        var lines = ([Summary.scope(report)] + Summary.cautions(report)).map { "truecount: \(withoutBrackets($0))" }
        lines.append("<LAVA_SIGNAL_TESTSET START truecount>")
        for point in TestPoint.all(of: report) {
            lines.append("truecount: \(point.name): \(withoutBrackets(point.reason))")
            lines.append("<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=\(point.name) RESULT=\(word(point.outcome))>")
        }
        lines += report.findings.map { measurement($0, of: report) }
        lines.append("<LAVA_SIGNAL_TESTSET STOP>")
        return lines.joined(separator: "\n") + "\n"
    }

    /// The size of a fault as a measurement, so that LAVA can draw it over kernels.
    private static func measurement(_ finding: Finding, of report: Report) -> String {
        "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=\(report.source.label(with: "."))finding.\(slug(finding.fault.rawValue)) "
            + "RESULT=\(finding.isReproduced ? "fail" : "unknown") MEASUREMENT=\(finding.size.median) "
            + "UNITS=\(slug(finding.unit))>"
    }

    static func word(_ outcome: TestPoint.Outcome) -> String {
        switch outcome {
        case .pass: "pass"
        case .fail: "fail"
        case .skip: "skip"
        case .error: "unknown"
        }
    }

    static func withoutBrackets(_ text: String) -> String {
        String(text.map { $0 == "<" ? "(" : $0 == ">" ? ")" : $0 })
    }
}
