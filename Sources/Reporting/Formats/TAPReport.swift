import Diagnosis

/// TAP 14 (https://testanything.org/tap-version-14-specification.html), with a YAML block for each point.
enum TAPReport {
    static func render(_ report: Report) -> String {
        let points = TestPoint.all(of: report)
        var lines = ["TAP version 14", "1..\(points.count)", "# \(Summary.scope(report))"]
        lines += Summary.cautions(report).map { "# \($0)" }
        for (index, point) in points.enumerated() {
            lines.append(result(point, number: index + 1))
            lines += ["  ---"] + fields(point, report).map { "  \($0)" } + ["  ..."]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What cannot be told is "not ok", without TAP's directive for work that is not done yet: with it the point would
    /// pass, and a harness must never take the unknown for a pass.
    static func result(_ point: TestPoint, number: Int) -> String {
        switch point.outcome {
        case .pass: "ok \(number) - \(point.name)"
        case .fail, .error: "not ok \(number) - \(point.name)"
        case .skip: "ok \(number) - \(point.name) # SKIP \(escaped(point.reason))"
        }
    }

    private static func fields(_ point: TestPoint, _ report: Report) -> [String] {
        var fields = [
            "title: \(quoted(point.title))", "outcome: \(word(point.outcome))", "answer: \(quoted(point.reason))",
        ]
        fields += [("runs", point.runs), ("disturbedRuns", point.disturbedRuns)].compactMap { name, value in
            value.map { "\(name): \($0)" }
        }
        if let pmis = point.pmis { return fields + ["pmis: \(pmis)"] }
        // The verdict's own: why, and what was found.
        fields.append("reasons:\(report.reasons.isEmpty ? " []" : "")")
        fields += report.reasons.map { "  - \(quoted($0))" }
        fields.append("findings:\(report.findings.isEmpty ? " []" : "")")
        for finding in report.findings {
            fields += [
                "  - fault: \(quoted(finding.fault.rawValue))", "    per: \(quoted(finding.per.rawValue))",
                "    direction: \(quoted(finding.direction.rawValue))", "    extent: \(quoted(finding.extent))",
                "    min: \(finding.size.min)", "    median: \(finding.size.median)", "    max: \(finding.size.max)",
                "    affected: \(finding.frequency.affected)", "    of: \(finding.frequency.of)",
                "    reproduced: \(finding.isReproduced)", "    mechanism: \(quoted(finding.mechanism))",
                "    advice: \(quoted(finding.advice))",
            ]
        }
        return fields
    }

    static func word(_ outcome: TestPoint.Outcome) -> String {
        switch outcome {
        case .pass: "clean"
        case .fail: "finding"
        case .skip: "skipped"
        case .error: "inconclusive"
        }
    }

    /// In descriptions and reasons a hash begins a directive unless a backslash stands before it.
    private static func escaped(_ text: String) -> String {
        String(text.flatMap { $0 == "\\" || $0 == "#" ? ["\\", $0] : [$0] })
    }

    /// A double-quoted YAML scalar in one line. YAML has no place for the two non-characters of the basic plane.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in printable(text).unicodeScalars {
            switch scalar.value {
            case 0x22, 0x5C: result += "\\\(scalar)"
            case 0xFFFE, 0xFFFF: result += "?"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
