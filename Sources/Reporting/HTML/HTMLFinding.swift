import Diagnosis

/// One fault: what it is, what shows it, and what it is not.
enum HTMLFinding {
    /// - Parameter isLead: Its mechanism and what to do stand at the top of the page.
    static func article(_ finding: Finding, isLead: Bool) -> HTML {
        let mechanism: HTML =
            isLead
            ? "" : "<p>\(finding.mechanism)</p>\n<p class=\"next\"><b>Next:</b> \(finding.advice)</p>\n"
        let once: HTML = finding.isReproduced ? "" : " <span class=\"badge unsure\">seen once, not reproduced</span>"
        let more = FindingText.more(finding.fault)
        let command: HTML = more.command.map { " <code>\($0)</code>" } ?? ""
        return """
            <article>
            <h3><code>\(finding.fault.rawValue)</code> \(FindingText.extent(finding))\(once)</h3>
            \(mechanism)<div class="pair">
            \(part("Shown by", finding.evidence.map { "\($0)" }))\
            \(part("What it is not", finding.excluded.map { "<b>\($0.alternative)</b>: \($0.because)" }))</div>
            <p class="fine">\(sizes(finding)). \(more.words)\(command)</p>
            </article>

            """
    }

    private static func part(_ title: String, _ items: [HTML]) -> HTML {
        guard !items.isEmpty else { return "" }
        let list: [HTML] = items.map { "<li>\($0)</li>\n" }
        return "<div>\n<h4>\(title)</h4>\n<ul>\n\(list)</ul>\n</div>\n"
    }

    /// The figures as the report has them: a surplus is negative.
    private static func sizes(_ finding: Finding) -> String {
        let size = finding.size
        var text =
            "Size per \(finding.per.rawValue): least \(size.min), median \(size.median), greatest \(size.max), mean"
            + " \(size.mean)"
        if let interval = finding.interval {
            text += "; mean within \(interval.low) and \(interval.high) (confidence \(interval.confidence))"
        }
        return text + "; shown by \(Figures.counted(UInt64(max(0, finding.runsShowing)), "run"))"
    }
}
