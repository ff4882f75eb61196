import Diagnosis

/// A fleet for an issue, a wiki or a step summary.
public enum FleetMarkdown {
    public static func render(_ fleet: Fleet) -> String {
        var blocks = ["## truecount: a fleet", MarkdownText.escaped(fleet.summary)]
        if !fleet.groups.isEmpty {
            blocks.append(
                MarkdownText.table(
                    ["worst", "kernel, CPU, hypervisor", "reports", "what was found", "such as"],
                    fleet.groups.map { group in
                        [
                            group.word, group.scope, group.tally, FleetText.shown(group).joined(separator: "; "),
                            group.worst == .accurate ? "" : group.examples.first?.path ?? "",
                        ]
                    }))
        }
        if let damage = fleet.damage {
            let more = fleet.unreadable.count - FleetText.mostUnreadable
            let lines =
                fleet.unreadable.prefix(FleetText.mostUnreadable) + (more > 0 ? ["and \(more) more"] : [])
            blocks.append(
                "\(damage):\n\n" + lines.map { "- \u{2060}\(MarkdownText.escaped($0))" }.joined(separator: "\n"))
        }
        return blocks.joined(separator: "\n\n") + "\n"
    }
}
