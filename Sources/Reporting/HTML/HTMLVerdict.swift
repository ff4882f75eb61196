import Diagnosis
import Measurement

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
