import Diagnosis
import Measurement

/// What this machine offers and what stands in the way: the output of `truecount info`.
public struct InfoReport: Codable, Sendable, Hashable {
    public var schemaVersion: Int
    public var tool: Tool
    /// The same as in the report of a diagnosis.
    public var environment: Machine
    /// The worst first.
    public var obstacles: [Obstacle]
    /// Whether rr will work here. Absent in what versions before it wrote.
    public var rr: RRReadiness?

    public init(_ machine: Machine, tool: Tool = .current) {
        self.schemaVersion = reportSchemaVersion
        self.tool = tool
        self.environment = machine
        self.obstacles = machine.obstacles
        self.rr = RRReadiness(machine)
    }

    /// The headline, a line for each fact that is known, what stands in the way, and at the end whether rr
    /// will work.
    public func text(style: TextStyle = .plain) -> String {
        let facts = MachineFacts.all(environment)
        let labelWidth = facts.map(\.label.count).max() ?? 0
        var lines = style.wrapped(printable(environment.headline), hanging: 2) + [""]
        for fact in facts {
            let label = fact.label + String(repeating: " ", count: labelWidth - fact.label.count + 2)
            let value = style.wrapped(printable(fact.value), indent: label.count)
            lines.append(label + (value.first ?? "").dropFirst(label.count))
            lines += value.dropFirst()
        }
        lines.append("")
        if obstacles.isEmpty { lines.append("nothing known prevents an exact measurement") }
        for obstacle in obstacles {
            let heading = "\(obstacle.weight.rawValue): \(printable(obstacle.sentence))"
            lines += style.wrapped(heading, hanging: 2) + style.wrapped(printable(obstacle.remedy), indent: 2)
        }
        if let rr { lines += [""] + rr.lines(style) }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension RRReadiness {
    /// A line for each question, those that rr never asks apart, and the answer.
    fileprivate func lines(_ style: TextStyle) -> [String] {
        let width = checks.map(\.answer.rawValue.count).max() ?? 0
        func rows(checkedByRR: Bool) -> [String] {
            checks.filter { $0.isCheckedByRR == checkedByRR }.flatMap { check in
                let answer = check.answer.rawValue
                let probe = check.probe.map { " (probe \($0))" } ?? ""
                let text =
                    answer + String(repeating: " ", count: width - answer.count)
                    + "  \(check.question) \(check.reason)\(probe)"
                return style.wrapped(printable(text), indent: 2, hanging: width + 2)
            }
        }
        let unchecked = rows(checkedByRR: false)
        return [style.coloured("Will rr work here? What rr checks itself:", .strong)] + rows(checkedByRR: true)
            + (unchecked.isEmpty ? [] : [style.coloured("What rr never checks:", .strong)] + unchecked)
            + style.wrapped("\(outlook.rawValue.uppercased()) · \(printable(conclusion))", hanging: 2)
    }
}
