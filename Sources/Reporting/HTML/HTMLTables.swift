import Diagnosis
import Measurement

/// What a verdict rests on, as tables.
enum HTMLTables {
    /// Rows of the runs that a browser still lays out at once.
    static let mostRuns = 3000

    static func probes(_ report: Report) -> HTML {
        guard !report.probes.isEmpty else { return "" }
        let label =
            report.source == .hardware ? "" : report.source == .simulated ? "SIMULATED: " : "breakpoint: "
        let asked = report.probes.filter { $0.outcome != .skipped }
        let rows: [HTML] = asked.map { probe in
            let disturbed =
                probe.disturbedRuns > 0
                ? ", \(Figures.counted(UInt64(probe.disturbedRuns), "disturbed run")) not used" : ""
            return """
                <tr class="\(probe.outcome.rawValue)">
                <th scope="row">\(label)\(probe.title)<small>\(probe.question)</small></th>
                <td><span class="badge \(probe.outcome.rawValue)">\(probe.outcome.rawValue)</span> \(probe.reason)\
                <small>\(Summary.figures(probe))\(disturbed)</small></td>
                </tr>

                """
        }
        let skipped = report.probes.filter { $0.outcome == .skipped }.map { "\(label)\($0.title): \($0.reason)" }
        let folded: HTML =
            skipped.isEmpty
            ? ""
            : """
            <details><summary>\(Figures.counted(UInt64(skipped.count), "probe")) not asked</summary>
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
        let numbers = ["period", "CPU", "expected", "counted", "missing", "bystander's sampler missing", "PMIs"]
            .map { HTMLPage.Column(title: $0, isNumber: true) }
        let label = source == .hardware ? [] : [HTMLPage.Column(title: "source")]
        return label + names + numbers + [HTMLPage.Column(title: "remarks")]
    }

    private static func cells(_ run: RunRecord, _ source: CounterSource) -> [String] {
        var remarks = run.disturbances.map(\.rawValue)
        if let planted = run.planted { remarks.append("planted loss: \(planted.perPMI) a PMI") }
        if let condition = run.condition { remarks.append(condition.kind.rawValue) }
        let label = source == .hardware ? [] : [source == .simulated ? "SIMULATED" : "breakpoint"]
        return label + [
            run.probe, run.workload, run.arm.rawValue, run.event, run.period.map(Figures.grouped) ?? "",
            String(run.cpu), Figures.grouped(run.expected), Figures.grouped(run.counted), signed(run.deviation),
            run.samplerDeviation.map(signed) ?? "", Figures.grouped(run.pmis), remarks.joined(separator: ", "),
        ]
    }

    private static func isMarked(_ run: RunRecord) -> Bool {
        run.planted == nil && !run.isDisturbed && (run.deviation != 0 || (run.samplerDeviation ?? 0) != 0)
    }

    private static func signed(_ value: Int64) -> String {
        (value < 0 ? "\u{2212}" : "") + Figures.grouped(value.magnitude)
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
