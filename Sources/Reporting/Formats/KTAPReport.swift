import Diagnosis

/// KTAP 1 (Documentation/dev-tools/ktap.rst), laid out as kselftest.h prints it: one level, totals at the end.
///
/// A kselftest needs no more than a script in `TEST_PROGS` that runs
/// `truecount diagnose --format ktap --exit-codes kselftest`.
enum KTAPReport {
    static func render(_ report: Report) -> String {
        let points = TestPoint.all(of: report)
        var lines = ["KTAP version 1", "1..\(points.count)", comment(Summary.scope(report))]
        lines += Summary.cautions(report).map(comment)
        for (index, point) in points.enumerated() {
            // Diagnostics stand before the result that they belong to, and the format has no YAML.
            lines.append(comment("\(point.name): \(point.reason)"))
            if point.runs == nil { lines += findings(report) }
            lines.append(result(point, number: index + 1))
        }
        lines.append(totals(points))
        return lines.joined(separator: "\n") + "\n"
    }

    static func result(_ point: TestPoint, number: Int) -> String {
        switch point.outcome {
        case .pass: "ok \(number) \(point.name)"
        case .fail: "not ok \(number) \(point.name)"
        case .skip: "ok \(number) \(point.name) # SKIP \(withoutHash(point.reason))"
        case .error: "not ok \(number) \(point.name) # ERROR \(withoutHash(point.reason))"
        }
    }

    private static func findings(_ report: Report) -> [String] {
        report.findings.flatMap { finding in
            [finding.mechanism, finding.advice].map { comment(printable("\(finding.fault.rawValue): \($0)")) }
        }
    }

    /// `ksft_print_cnts()` of kselftest.h, word for word.
    static func totals(_ points: [TestPoint]) -> String {
        func count(_ outcome: TestPoint.Outcome) -> Int { points.count { $0.outcome == outcome } }
        return "# Totals: pass:\(count(.pass)) fail:\(count(.fail)) xfail:0 xpass:0 skip:\(count(.skip)) "
            + "error:\(count(.error))"
    }

    private static func comment(_ text: String) -> String { "# \(text)" }

    /// KTAP has no escape: the first hash begins the directive, and kunit's parser reads a second one as part of it.
    private static func withoutHash(_ text: String) -> String { String(text.map { $0 == "#" ? "?" : $0 }) }
}
