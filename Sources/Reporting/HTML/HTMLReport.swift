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
                HTMLPage.section("Findings", findings(report)),
                plots(report),
                HTMLTables.probes(report),
                HTMLTables.runs(report),
                notes(report),
                commands(report),
                HTMLMachine.section(report),
                try SavedJSON.section(
                    report, title: "The report itself", fileName: "truecount-report.json", holds: holds(report)),
                footer(report),
            ])
    }

    private static func findings(_ report: Report) -> [HTML] {
        let lead = report.findings.firstIndex(where: \.isReproduced)
        return report.findings.enumerated().map { HTMLFinding.article($1, isLead: $0 == lead) }
    }

    /// Folded: hundreds of runs that were repeated are told by their number.
    private static func notes(_ report: Report) -> HTML {
        let (urgent, notes) = (Summary.disturbances(report), Summary.notes(report))
        guard !urgent.isEmpty || !notes.isEmpty else { return "" }
        let folded: HTML =
            notes.isEmpty
            ? ""
            : """
            <details><summary>\(Figures.counted(UInt64(notes.count), "note")) of the measurement</summary>
            \(HTMLPage.list(notes))</details>

            """
        return HTMLPage.section("Notes", [HTMLPage.list(urgent), folded])
    }

    private static func holds(_ report: Report) -> String {
        let rows = report.runs.reduce(0) { $0 + ($1.ledger?.kept.count ?? 0) }
        return
            "This page holds the whole report: \(Figures.counted(UInt64(report.runs.count), "run")), and of their PMIs"
            + " \(Figures.grouped(UInt64(rows))) row by row."
    }

    private static func plots(_ report: Report) -> HTML {
        let points = EvidencePoints(
            runs: report.runs, source: report.source, skidLimit: report.skid?.rrLimit)
        let skid = SkidPlot.figure(points, report.skid)
        let shown =
            ExactPlots.figures(report, points).map { $0.map(Optional.some) + [skid] }
            ?? [LossPlot.figure(points), DeficitPlot.figure(points), skid, TimelinePlot.figure(report.runs)]
        let figures = ([report.cpus.map(CPUMap.figure)] + shown).compactMap(\.self)
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
        // Those that a report of 0.1.0 holds have no program.
        let commands = ReportedCommands(report)
        func line(_ title: String, _ command: String?) -> HTML {
            guard let command else { return "" }
            return "<dt>\(title)</dt><dd><code>\(command)</code></dd>\n"
        }
        return """
            <section>
            <h2>See it again</h2>
            <dl class="commands">
            \(line("the same diagnosis, its runs in the same order", commands.reproduce))\
            \(line("with perf: one workload, counted without a PMI", commands.perfStat))\
            \(line("with perf: the same with PMIs; on a healthy PMU it is the same count", commands.perfRecord))</dl>
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
            \(cautions)<p class="scope">\(Summary.scope(report))<br>\(time(report))</p>
            <h1><span class="word">\(Summary.word(report))</span> \(Summary.sentence(report))</h1>
            \(report.findings.isEmpty ? HTMLPage.list(Array(reasons)) : lead(report))\(figures(report))</header>

            """
    }

    /// "26 November 2026, 00:50 UTC, 24 seconds"
    private static func time(_ report: Report) -> String {
        let start = report.startedAt.formatted(.iso8601).split(separator: "T")
        let clock = start.last.map { String($0.prefix(5)) } ?? ""
        let length = report.endedAt.flatMap { UInt64(exactly: $0.timeIntervalSince(report.startedAt).rounded()) }
        return "\(start.first ?? "") \(clock) UTC" + (length.map { ", took \(Figures.grouped($0)) s" } ?? "")
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

    /// "At each of 1,670 PMIs, in 284 runs"; sizes only where they differ, and to the digits that mean something.
    private static func sizes(_ finding: Finding) -> String {
        let size = finding.size
        var parts: [String] = []
        if size.min != size.max {
            parts.append(
                "sizes from \(Figures.grouped(size.min)) to \(Figures.grouped(size.max)), median"
                    + " \(Figures.grouped(size.median)), mean \(Figures.decimal(size.mean))")
        }
        var struck = "struck \(finding.strikes)"
        if !finding.frequency.isAlways {
            let interval = finding.frequency.interval
            struck +=
                " (\(Figures.percent(interval.low)) to \(Figures.percent(interval.high)) % with"
                + " \(Figures.percent(interval.confidence)) % confidence)"
        }
        parts += [struck, "shown by \(Figures.counted(UInt64(finding.runs.count), "run"))"]
        let text = parts.joined(separator: "; ")
        return text.prefix(1).uppercased() + text.dropFirst()
    }
}

/// What a verdict rests on, as tables.
enum HTMLTables {
    /// Rows of the runs that a browser still lays out at once.
    static let mostRuns = 3000

    static func probes(_ report: Report) -> HTML {
        guard !report.probes.isEmpty else { return "" }
        let label = report.source.label(with: ": ")
        // What was found first, then what is open.
        let asked = [ProbeOutcome.finding, .inconclusive, .clean].flatMap { outcome in
            report.probes.filter { $0.outcome == outcome }
        }
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
        let table = RunTable(report)
        let rows = shown.map { (cells: table.cells($0), isMarked: isMarked($0)) }
        return """
            <section>
            <h2>Runs</h2>
            \(HTMLVerdict.label(report))<p>\(deviations(report))</p>
            <details>
            <summary>All \(Figures.counted(UInt64(report.runs.count), "run"))</summary>
            \(table.common)\(HTMLPage.table("All runs", table.columns, Array(rows)))\(more)</details>
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

    private static func isMarked(_ run: RunRecord) -> Bool {
        run.planted == nil && !run.isDisturbed && (run.deviation != 0 || (run.samplerDeviation ?? 0) != 0)
    }
}

/// The table of runs. What is the same in each of them is told once, above it.
private struct RunTable {
    private let source: CounterSource
    private let hasOneEvent: Bool
    private let hasOneCPU: Bool
    /// The event and the CPU of all runs, where they are the same.
    let common: HTML

    init(_ report: Report) {
        let (events, cpus) = (Set(report.runs.map(\.event)), Set(report.runs.map(\.cpu)))
        source = report.source
        (hasOneEvent, hasOneCPU) = (events.count == 1, cpus.count == 1)
        let facts = [
            hasOneEvent ? events.first.map { "event \($0)" } : nil, hasOneCPU ? cpus.first.map { "CPU \($0)" } : nil,
        ].compactMap(\.self)
        common = facts.isEmpty ? "" : "<p class=\"fine\">All of them: \(facts.joined(separator: ", ")).</p>\n"
    }

    var columns: [HTMLPage.Column] {
        func text(_ title: String, if isShown: Bool = true) -> [HTMLPage.Column] {
            isShown ? [HTMLPage.Column(title: title)] : []
        }
        func number(_ title: String, if isShown: Bool = true) -> [HTMLPage.Column] {
            isShown ? [HTMLPage.Column(title: title, isNumber: true)] : []
        }
        return text("source", if: source != .hardware) + text("probe") + text("workload") + text("arm")
            + text("event", if: !hasOneEvent) + number("period") + number("CPU", if: !hasOneCPU) + number("expected")
            + number("counted") + number("difference") + number("of the sampler") + number("PMIs") + text("remarks")
    }

    func cells(_ run: RunRecord) -> [String] {
        var remarks = run.disturbances.map(\.rawValue)
        if let planted = run.planted { remarks.append("planted loss: \(planted.perPMI) a PMI") }
        if let condition = run.condition { remarks.append(condition.kind.rawValue) }
        var cells = source.label.map { [$0] } ?? []
        cells += [run.probe, run.workload, run.arm.rawValue]
        if !hasOneEvent { cells.append(run.event) }
        cells.append(run.period.map(Figures.grouped) ?? "")
        if !hasOneCPU { cells.append(String(run.cpu)) }
        cells += [
            Figures.grouped(run.expected), Figures.grouped(run.counted), Direction.words(deficit: run.deviation),
            run.samplerDeviation.map { Direction.words(deficit: $0) } ?? "", Figures.grouped(run.pmis),
            remarks.joined(separator: ", "),
        ]
        return cells
    }
}

/// What was measured on: a machine, or a model of a PMU.
enum HTMLMachine {
    /// Facts that fill many lines.
    private static let long: Set<String> = ["kernel command line", "kernel configuration", "kernel log", "CPU flags"]

    static func section(_ report: Report) -> HTML {
        let facts = MachineFacts.all(report.environment)
        let short = list(facts.filter { !long.contains($0.label) }.map { ($0.label, $0.value) })
        let details = facts.filter { long.contains($0.label) }.map { ($0.label, $0.value) }
        let folded: HTML =
            details.isEmpty
            ? "" : "<details><summary>Kernel: command line, configuration, log</summary>\n\(list(details))</details>\n"
        guard report.source != .simulated else {
            let model = (report.model?.parameters ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            return """
                <section>
                <h2>The simulated PMU</h2>
                <p class="label">SIMULATED \(report.model?.name ?? "PMU")</p>
                \(list(model))\
                <details><summary>The machine that ran the simulation; nothing was measured on it</summary>
                \(short)</details>
                </section>

                """
        }
        return """
            <section>
            <h2>Machine</h2>
            \(short)\(folded)</section>

            """
    }

    private static func list(_ facts: [(String, String)]) -> HTML {
        let items: [HTML] = facts.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>\n" }
        return "<dl class=\"facts\">\n\(items)</dl>\n"
    }
}
