import Diagnosis
import FoundationEssentials

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
            lines[0] = style.coloured(group.word, group.worst.colour) + first.dropFirst(group.word.count)
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
}

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

/// A fleet as one page: how many say what, then a card for each kernel on each CPU, the worst first.
public enum FleetHTML {
    /// - Throws: `EncodingError`.
    public static func render(_ fleet: Fleet) throws -> String {
        HTMLPage.render(
            title: "truecount · \(fleet.summary)",
            body: [
                header(fleet),
                HTMLPage.section("By kernel, CPU and hypervisor", fleet.groups.map(card)),
                HTMLPage.section("Not read", unreadable(fleet)),
                try SavedJSON.section(fleet, title: "The same as JSON", fileName: "truecount-fleet.json"),
                "<footer>\(fleet.tool.name) \(fleet.tool.version)</footer>\n",
            ])
    }

    private static func header(_ fleet: Fleet) -> HTML {
        let worst = fleet.groups.first(where: \.isOfMachine)?.worst ?? .unsupported
        let counts: [HTML] = Verdict.worstFirst.compactMap { verdict in
            guard let count = fleet.verdicts[verdict] else { return nil }
            return "<div><dt>\(verdict.rawValue)</dt><dd>\(Figures.grouped(UInt64(count)))</dd></div>\n"
        }
        let damage: HTML = fleet.damage.map { "<p class=\"caution\">\($0); they are listed below.</p>\n" } ?? ""
        return """
            <header class="\(worst.rawValue)">
            <h1><span class="word">\(Figures.counted(UInt64(fleet.reports), "report"))</span> \(headline(fleet))</h1>
            <p>\(fleet.summary)</p>
            \(damage)\(bar(fleet.verdicts))<dl class="figures">
            \(counts)</dl>
            </header>

            """
    }

    private static func headline(_ fleet: Fleet) -> String {
        let real = fleet.groups.filter(\.isOfMachine)
        guard !real.isEmpty else { return "No report of a machine" }
        let faulty = real.count { $0.worst == .faulty }
        let groups = Figures.counted(UInt64(real.count), "group")
        return faulty == 0
            ? "No fault in any of \(groups)" : "Faults in \(Figures.grouped(UInt64(faulty))) of \(groups)"
    }

    private static func card(_ group: FleetGroup) -> HTML {
        let files: HTML =
            group.worst == .accurate
            ? ""
            : """
            <details><summary>such as</summary>
            \(HTMLPage.list(group.examples.map(\.path)))</details>

            """
        let divided: HTML =
            group.isDivided
            ? "<p class=\"caution\">The same kernel on the same kind of CPU gave both answers.</p>\n" : ""
        let days = [group.first, group.last].map { String($0.formatted(.iso8601).prefix(10)) }
        let when = days[0] == days[1] ? days[0] : "\(days[0]) to \(days[1])"
        return """
            <article class="group \(group.worst.rawValue)">
            <h3><span class="badge \(group.worst.rawValue)">\(group.word)</span> \(group.scope)</h3>
            \(bar(group.verdicts))<p>\(group.tally) <span class="fine">· \(when)</span></p>
            \(divided)\(HTMLPage.list(FleetText.shown(group)))\(files)</article>

            """
    }

    /// Shares of the verdicts; the words beside it say the same.
    private static func bar(_ verdicts: [Verdict: Int]) -> HTML {
        let parts: [HTML] = Verdict.worstFirst.compactMap { verdict in
            verdicts[verdict].map { "<i class=\"\(verdict.rawValue)\" style=\"flex:\($0)\"></i>" }
        }
        return "<div class=\"counts\" aria-hidden=\"true\">\(parts)</div>\n"
    }

    private static func unreadable(_ fleet: Fleet) -> [HTML] {
        guard !fleet.unreadable.isEmpty else { return [] }
        let most = 200
        let more = fleet.unreadable.count - most
        return [
            HTMLPage.list(fleet.unreadable.prefix(most) + (more > 0 ? ["and \(more) more; the JSON has all"] : []))
        ]
    }
}
