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
                HTMLPage.section("Notes", report.notes.isEmpty ? [] : [HTMLPage.list(report.notes)]),
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
