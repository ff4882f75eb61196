import Diagnosis
import FoundationEssentials
import Measurement

/// A report as one page: the verdict first, then what shows it, then all that it rests on.
enum HTMLReport {
    /// - Throws: `EncodingError` for a report that JSON cannot hold.
    static func render(_ report: Report) throws -> String {
        HTMLPage.render(
            title: "\(Summary.word(report)) · truecount · \(Summary.scope(report))",
            body: [
                HTMLVerdict.header(report),
                plots(report),
                HTMLPage.section("Findings", findings(report)),
                HTMLTables.probes(report),
                HTMLTables.runs(report),
                HTMLPage.section("Notes", notes(report)),
                commands(report),
                HTMLTables.environment(report),
                try SavedJSON.section(report, title: "The report itself", fileName: "truecount-report.json"),
                footer(report),
            ])
    }

    private static func findings(_ report: Report) -> [HTML] {
        let lead = report.findings.firstIndex(where: \.isReproduced)
        return report.findings.enumerated().map { HTMLFinding.article($1, isLead: $0 == lead) }
    }

    private static func notes(_ report: Report) -> [HTML] {
        let lines = Summary.disturbances(report) + Summary.notes(report)
        return lines.isEmpty ? [] : [HTMLPage.list(lines)]
    }

    private static func plots(_ report: Report) -> HTML {
        let points = EvidencePoints(
            runs: report.runs, source: report.source, skidLimit: report.skid?.rrLimit)
        let figures = [
            report.cpus.map(CPUMap.figure),
            LossPlot.figure(points), DeficitPlot.figure(points), SkidPlot.figure(points, report.skid),
            TimelinePlot.figure(report.runs),
        ].compactMap(\.self)
        guard !figures.isEmpty else { return "" }
        return """
            <section>
            <h2>What the runs show</h2>
            \(HTMLVerdict.label(report))<div class="plots">
            \(figures)</div>
            </section>

            """
    }

    private static func commands(_ report: Report) -> HTML {
        let commands = report.commands ?? ReportedCommands(report)
        func line(_ title: String, _ command: String?) -> HTML {
            guard let command else { return "" }
            return "<dt>\(title)</dt><dd><code>\(command)</code></dd>\n"
        }
        return """
            <section>
            <h2>See it again</h2>
            <dl class="commands">
            \(line("the same diagnosis, its runs in the same order", commands.reproduce))\
            \(line("with perf, counting alone; PROGRAM is any whose branches do not vary", commands.perfStat))\
            \(line("with perf, counting beside a sampler: it must be the same count", commands.perfRecord))</dl>
            </section>

            """
    }

    private static func footer(_ report: Report) -> HTML {
        """
        <footer>\(report.tool.name) \(report.tool.version) · started \(report.startedAt.formatted(.iso8601)) \
        · seed \(String(report.seed))\(report.redacted == true ? " · identities removed" : "")</footer>

        """
    }
}

/// The top of the page: the answer, what it is about, and what must be known before any figure is read.
enum HTMLVerdict {
    static func header(_ report: Report) -> HTML {
        let cautions: [HTML] = Summary.cautions(report).map { "<p class=\"caution\">\($0)</p>\n" }
        let reasons = report.reasons.dropFirst(report.findings.contains(where: \.isReproduced) ? 0 : 1)
        return """
            <header class="\(report.verdict.rawValue)">
            \(cautions)<p class="scope">\(Summary.scope(report))</p>
            <h1><span class="word">\(Summary.word(report))</span> \(Summary.sentence(report))</h1>
            \(report.findings.isEmpty ? HTMLPage.list(Array(reasons)) : lead(report))\(figures(report))</header>

            """
    }

    /// How it comes about, and what to do, of the worst fault.
    private static func lead(_ report: Report) -> HTML {
        guard let finding = report.findings.first(where: \.isReproduced) else {
            return HTMLPage.list(Array(report.reasons.dropFirst()))
        }
        return "<p>\(finding.mechanism)</p>\n<p class=\"next\"><b>Next:</b> \(finding.advice)</p>\n"
    }

    private static func figures(_ report: Report) -> HTML {
        let measured = report.runs.filter { $0.planted == nil }
        let pmis = measured.reduce(UInt64(0)) { $0 &+ $1.pmis }
        let disturbed = measured.count { $0.isDisturbed }
        let deviating = measured.count { !$0.isDisturbed && ($0.deviation != 0 || ($0.samplerDeviation ?? 0) != 0) }
        let events = Set(report.runs.map(\.event)).sorted()
        let cpus = Set(report.runs.map(\.cpu)).sorted()
        var rows: [(String, String)] = [
            (Figures.grouped(UInt64(measured.count)), "runs"), (Figures.grouped(pmis), "PMIs"),
            (Figures.grouped(UInt64(deviating)), "runs that deviate"),
        ]
        if disturbed > 0 { rows.append((Figures.grouped(UInt64(disturbed)), "disturbed runs, not used")) }
        let items: [HTML] = rows.map { "<div><dt>\($0.1)</dt><dd>\($0.0)</dd></div>\n" }
        let event = events.count > 3 ? "\(events.count) events" : events.joined(separator: ", ")
        let counting: HTML =
            events.isEmpty ? "" : "<p class=\"event\">counting \(event) on CPU \(cpuListText(cpus))</p>\n"
        return "<dl class=\"figures\">\n\(items)</dl>\n\(counting)"
    }

    /// Beside every group of figures that no core PMU made.
    static func label(_ report: Report) -> HTML {
        switch report.source {
        case .hardware: ""
        case .breakpoint: "<p class=\"label\">breakpoint counter, no core PMU</p>\n"
        case .simulated: "<p class=\"label\">SIMULATED</p>\n"
        }
    }
}

/// One fault: what it is, what shows it, and what it is not.
enum HTMLFinding {
    /// - Parameter isLead: Its mechanism and what to do stand at the top of the page.
    static func article(_ finding: Finding, isLead: Bool) -> HTML {
        let mechanism: HTML =
            isLead
            ? "" : "<p>\(finding.mechanism)</p>\n<p class=\"next\"><b>Next:</b> \(finding.advice)</p>\n"
        let once: HTML = finding.isReproduced ? "" : " <span class=\"badge unsure\">seen once, not reproduced</span>"
        let more = finding.fault.more
        let command: HTML = more.command.map { " <code>\($0)</code>" } ?? ""
        return """
            <article>
            <h3><code>\(finding.fault.rawValue)</code> \(finding.extent)\(once)</h3>
            \(mechanism)<div class="pair">
            \(part("Shown by", finding.evidence.map { "\($0)" }))\
            \(part("What it is not", finding.excluded.map { "<b>\($0.alternative)</b>: \($0.because)" }))\
            \(part("Not measured", finding.notMeasured.map(notMeasured)))</div>
            <p class="fine">\(sizes(finding)). \(more.words)\(command)</p>
            </article>

            """
    }

    private static func notMeasured(_ one: UnmeasuredAlternative) -> HTML {
        "<b>\(one.alternative)</b>: \(one.because) (<code>\(one.command)</code>)"
    }

    private static func part(_ title: String, _ items: [HTML]) -> HTML {
        guard !items.isEmpty else { return "" }
        let list: [HTML] = items.map { "<li>\($0)</li>\n" }
        return "<div>\n<h4>\(title)</h4>\n<ul>\n\(list)</ul>\n</div>\n"
    }

    private static func sizes(_ finding: Finding) -> String {
        let size = finding.size
        var text =
            "Size per \(finding.per.rawValue): least \(size.min), median \(size.median), greatest \(size.max), mean"
            + " \(size.mean); struck \(finding.strikes)"
        if !finding.frequency.isAlways {
            let interval = finding.frequency.interval
            text += " (a share between \(interval.low) and \(interval.high), confidence \(interval.confidence))"
        }
        return text + "; shown by \(Figures.counted(UInt64(finding.runs.count), "run"))"
    }
}

/// What a verdict rests on, as tables.
enum HTMLTables {
    /// Rows of the runs that a browser still lays out at once.
    static let mostRuns = 3000

    static func probes(_ report: Report) -> HTML {
        guard !report.probes.isEmpty else { return "" }
        let label = report.source.label(with: ": ")
        let asked = report.probes.filter { $0.outcome != .skipped }
        let rows: [HTML] = asked.map { probe in
            let disturbed =
                probe.disturbedRuns > 0
                ? ", \(Figures.counted(UInt64(probe.disturbedRuns), "disturbed run")) not used" : ""
            return """
                <tr class="\(probe.outcome.rawValue)">
                <th scope="row">\(label)\(probe.title)<small>\(probe.question)</small></th>
                <td><span class="badge \(probe.outcome.rawValue)">\(probe.outcome.rawValue)</span> \(probe.answer)\
                <small>\(Summary.figures(probe))\(disturbed)</small></td>
                </tr>

                """
        }
        let skipped = report.probes.filter { $0.outcome == .skipped }
            .map { "\(label)\($0.title): \($0.whyNotMeasured)" }
        let folded: HTML =
            skipped.isEmpty
            ? ""
            : """
            <details><summary>\(Figures.counted(UInt64(skipped.count), "probe")) not measured</summary>
            \(HTMLPage.list(skipped))</details>

            """
        return """
            <section>
            <h2>Probes</h2>
            <table class="probes">
            <thead><tr><th scope="col">probe</th><th scope="col">answer</th></tr></thead>
            <tbody>
            \(rows)</tbody>
            </table>
            \(folded)</section>

            """
    }

    /// Those that deviate in view, all of them folded away.
    static func runs(_ report: Report) -> HTML {
        guard !report.runs.isEmpty else { return "" }
        let shown = report.runs.prefix(mostRuns)
        let left = report.runs.count - shown.count
        let more: HTML = left == 0 ? "" : "<p>\(Figures.counted(UInt64(left), "more run")) in the JSON below.</p>\n"
        let columns = runColumns(report.source)
        let rows = shown.map { (cells: cells($0, report.source), isMarked: isMarked($0)) }
        return """
            <section>
            <h2>Runs</h2>
            \(HTMLVerdict.label(report))<p>\(deviations(report))</p>
            <details>
            <summary>All \(Figures.counted(UInt64(report.runs.count), "run"))</summary>
            \(HTMLPage.table("All runs", columns, Array(rows)))\(more)</details>
            </section>

            """
    }

    private static func deviations(_ report: Report) -> String {
        let deviating = DeviatingRun.all(of: report)
        guard let worst = deviating.max(by: { $0.deviation.magnitude < $1.deviation.magnitude }) else {
            return "Every undisturbed run counted what was expected."
        }
        let period = worst.period.map { ", period \(Figures.grouped($0))" } ?? ""
        return "\(Figures.counted(UInt64(deviating.count), "count")) of undisturbed runs deviate. The furthest off: "
            + "\(worst.workload), arm \(worst.arm)\(period), expected \(Figures.grouped(worst.expected)), counted "
            + "\(Figures.grouped(worst.counted)), \(Figures.counted(worst.pmis, "PMI"))."
    }

    private static func runColumns(_ source: CounterSource) -> [HTMLPage.Column] {
        let names = ["probe", "workload", "arm", "event"].map { HTMLPage.Column(title: $0) }
        let numbers = ["period", "CPU", "expected", "counted", "difference", "sampler's difference", "PMIs"]
            .map { HTMLPage.Column(title: $0, isNumber: true) }
        let label = source == .hardware ? [] : [HTMLPage.Column(title: "source")]
        return label + names + numbers + [HTMLPage.Column(title: "remarks")]
    }

    private static func cells(_ run: RunRecord, _ source: CounterSource) -> [String] {
        var remarks = run.disturbances.map(\.rawValue)
        if let planted = run.planted { remarks.append("planted loss: \(planted.perPMI) a PMI") }
        if let condition = run.condition { remarks.append(condition.kind.rawValue) }
        let label = source.label.map { [$0] } ?? []
        return label + [
            run.probe, run.workload, run.arm.rawValue, run.event, run.period.map(Figures.grouped) ?? "",
            String(run.cpu), Figures.grouped(run.expected), Figures.grouped(run.counted),
            Direction.words(deficit: run.deviation), run.samplerDeviation.map { Direction.words(deficit: $0) } ?? "",
            Figures.grouped(run.pmis), remarks.joined(separator: ", "),
        ]
    }

    private static func isMarked(_ run: RunRecord) -> Bool {
        run.planted == nil && !run.isDisturbed && (run.deviation != 0 || (run.samplerDeviation ?? 0) != 0)
    }

    static func environment(_ report: Report) -> HTML {
        let facts: [HTML] = MachineFacts.all(report.environment).map {
            "<div><dt>\($0.label)</dt><dd>\($0.value)</dd></div>\n"
        }
        let model: [HTML] = (report.model?.parameters ?? [:]).sorted { $0.key < $1.key }.map {
            "<div><dt>\($0.key)</dt><dd>\($0.value)</dd></div>\n"
        }
        guard report.source != .simulated else {
            return """
                <section>
                <h2>The simulated PMU</h2>
                <p class="label">SIMULATED \(report.model?.name ?? "PMU")</p>
                <dl class="facts">
                \(model)</dl>
                <details><summary>The machine that ran the simulation; nothing was measured on it</summary>
                <dl class="facts">
                \(facts)</dl></details>
                </section>

                """
        }
        return """
            <section>
            <h2>Machine</h2>
            <dl class="facts">
            \(facts)</dl>
            </section>

            """
    }
}
