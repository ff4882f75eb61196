import Diagnosis

/// What is known of faults and disturbances: the output of `truecount explain`.
public struct ExplanationReport: Codable, Sendable, Hashable {
    public var schemaVersion: Int
    public var tool: Tool
    public var explanations: [FaultExplanation]

    public init(_ explanations: [FaultExplanation], tool: Tool = .current) {
        schemaVersion = reportSchemaVersion
        self.tool = tool
        self.explanations = explanations
    }

    /// A line each: name, whether it is a fault or a disturbance, summary.
    public func list(style: TextStyle = .plain) -> String {
        var table = TextTable()
        for explanation in explanations {
            table.add(explanation.slug, explanation.kind.rawValue, explanation.summary)
        }
        return table.render(style)
    }

    /// Each one in full.
    public func text(style: TextStyle = .plain) -> String {
        explanations.map { ExplanationText(style: style).lines($0).joined(separator: "\n") + "\n" }
            .joined(separator: "\n")
    }
}

/// One explanation as a person reads it: headings, and paragraphs beneath them.
struct ExplanationText {
    let style: TextStyle

    func lines(_ explanation: FaultExplanation) -> [String] {
        var lines = style.wrapped("\(explanation.slug) · \(explanation.summary)", hanging: 2)
        lines += section("What happens", explanation.whatHappens)
        lines += section("Since", [explanation.since])
        lines += section("Where", places(explanation.places))
        lines += section("How it shows", sighting(explanation))
        lines += section("What to do", explanation.whatToDo)
        lines += section("Often confused with", explanation.mistakenFor.map { "\($0.slug): \($0.difference)" })
        lines += section(
            "References", explanation.references.map { $0.text + ($0.url.map { " <\($0)>" } ?? "") })
        return lines
    }

    private func section(_ heading: String, _ paragraphs: [String]) -> [String] {
        guard !paragraphs.isEmpty else { return [] }
        return ["", style.coloured(heading, .strong)] + paragraphs.flatMap { style.wrapped($0, indent: 2, hanging: 2) }
    }

    private func places(_ places: FaultExplanation.Places) -> [String] {
        let known = [("CPUs", places.cpus), ("kernels", places.kernels), ("hypervisors", places.hypervisors)]
            .compactMap { label, text in text.map { "\(label): \($0)" } }
        return known.isEmpty ? ["anywhere, as far as known"] : known
    }

    private func sighting(_ explanation: FaultExplanation) -> [String] {
        let sighting = explanation.sighting
        let probes = sighting.probes.isEmpty ? [] : ["probes: \(sighting.probes.joined(separator: ", "))"]
        let condition = sighting.condition.map { ["condition: \($0)"] } ?? []
        return probes + condition + [sighting.signature]
    }
}
