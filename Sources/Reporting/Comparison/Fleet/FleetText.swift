import Diagnosis

/// A fleet for a person at a terminal.
public struct FleetText: Sendable {
    private let style: TextStyle
    /// Files that could not be read, named before the rest is counted; the JSON names all.
    static let mostUnreadable = 20
    /// Faults and reasons of a group, likewise.
    static let mostDetails = 8

    public init(style: TextStyle = .plain) { self.style = style }

    public func render(_ fleet: Fleet) -> String {
        var lines = style.wrapped(fleet.summary + (fleet.damage.map { "; \($0)" } ?? ""), hanging: 2)
        for group in fleet.groups { lines += [""] + card(group) }
        if !fleet.unreadable.isEmpty { lines.append("") }
        for line in fleet.unreadable.prefix(Self.mostUnreadable) {
            lines += style.wrapped(printable(line), hanging: 2)
        }
        let more = fleet.unreadable.count - Self.mostUnreadable
        if more > 0 { lines.append("and \(Figures.grouped(UInt64(more))) more files that could not be read") }
        return lines.joined(separator: "\n") + "\n"
    }

    private func card(_ group: FleetGroup) -> [String] {
        let heading = style.wrapped("\(group.word) · \(printable(group.scope))", hanging: 2)
        var lines = heading
        if let first = heading.first, first.hasPrefix(group.word) {
            lines[0] = style.coloured(group.word, colour(group.worst)) + first.dropFirst(group.word.count)
        }
        lines.append("  \(group.tally)")
        for detail in Self.shown(group) { lines += style.wrapped(printable(detail), indent: 2, hanging: 2) }
        if group.worst != .accurate {
            for example in group.examples { lines += style.wrapped(printable(example.path), indent: 4, hanging: 2) }
        }
        return lines
    }

    static func shown(_ group: FleetGroup) -> [String] {
        let details = group.details
        let more = details.count - mostDetails
        return details.prefix(mostDetails) + (more > 0 ? ["and \(more) more"] : [])
    }

    private func colour(_ verdict: Verdict) -> Colour {
        switch verdict {
        case .accurate: .good
        case .faulty: .bad
        case .inconclusive, .unsupported: .unsure
        }
    }
}
