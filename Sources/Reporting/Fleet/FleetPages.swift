import Diagnosis
import FoundationEssentials

/// A fleet for a person at a terminal.
public struct FleetText: Sendable {
    private let style: TextStyle
    /// Files and lines that could not be read, named before the rest is counted.
    static let mostUnreadable = 20
    /// Faults and reasons of a group, likewise.
    static let mostDetails = 8

    public init(style: TextStyle = .plain) { self.style = style }

    public func render(_ fleet: Fleet) -> String {
        var lines = style.wrapped(fleet.summary + (fleet.damage.map { "; \($0)" } ?? ""), hanging: 2)
        for group in fleet.groups { lines += [""] + card(group) }
        if !fleet.unreadable.isEmpty { lines.append("") }
        for line in fleet.unreadable(atMost: Self.mostUnreadable) {
            lines += style.wrapped(printable(line), hanging: 2)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func card(_ group: FleetGroup) -> [String] {
        let heading = style.wrapped("\(group.word) · \(printable(group.scope))", hanging: 2)
        var lines = heading
        if let first = heading.first, first.hasPrefix(group.word) {
            lines[0] = style.coloured(group.word, group.worst.colour) + first.dropFirst(group.word.count)
        }
        lines.append("  \(group.tally)")
        for detail in Self.shown(group) { lines += style.wrapped(printable(detail), indent: 2, hanging: 2) }
        if group.worst != .accurate {
            for machine in group.machines { lines += style.wrapped(printable(machine), indent: 4, hanging: 2) }
        }
        return lines
    }

    static func shown(_ group: FleetGroup) -> [String] {
        let details = group.details
        let more = details.count - mostDetails
        return details.prefix(mostDetails) + (more > 0 ? ["and \(more) more"] : [])
    }
}

/// A fleet for an issue, a wiki or a step summary.
public enum FleetMarkdown {
    public static func render(_ fleet: Fleet) -> String {
        var blocks = ["## truecount: a fleet", MarkdownText.escaped(fleet.summary)]
        if !fleet.groups.isEmpty {
            blocks.append(
                MarkdownText.table(
                    ["worst", "kernel, CPU, hypervisor", "reports", "what was found", "such as machine"],
                    fleet.groups.map { group in
                        [
                            group.word, group.scope, group.tally, FleetText.shown(group).joined(separator: "; "),
                            group.worst == .accurate ? "" : group.machines.first ?? "",
                        ]
                    }))
        }
        if let damage = fleet.damage {
            let lines = fleet.unreadable(atMost: FleetText.mostUnreadable)
            blocks.append(
                "\(damage):\n\n" + lines.map { "- \u{2060}\(MarkdownText.escaped($0))" }.joined(separator: "\n"))
        }
        return blocks.joined(separator: "\n\n") + "\n"
    }
}
