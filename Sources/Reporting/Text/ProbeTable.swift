import Diagnosis
import Measurement

/// The probes of a report, a line each: findings first, marked with "!", then what stayed open, marked with "?", then
/// the four arms and the control, on which the verdict rests. Other clean probes are named in one paragraph, those that
/// were not measured in one for each reason.
struct ProbeTable {
    let style: TextStyle

    /// Columns that an answer must have beside the figures; with less it goes to a line of its own.
    private static let minimumAnswerWidth = 20
    /// Names that share a reason; of more their number is enough.
    private static let mostNames = 10

    private struct Row {
        var probe: ProbeResult
        var title: String
        var runs: String
        var pmis: String
        var answer: String
    }

    func lines(_ probes: [ProbeResult], _ findings: [Finding] = []) -> [String] {
        let isEvidence = { (probe: ProbeResult) in ProbeDescription.arms.contains(probe.id) }
        let clean = probes.filter { $0.outcome == .clean }
        // Two or three more lines hide nothing.
        let folded = clean.filter { !isEvidence($0) }.count > 3 ? clean.filter { !isEvidence($0) } : []
        let shown =
            probes.filter { $0.outcome == .finding } + probes.filter { $0.outcome == .inconclusive }
            + clean.filter { isEvidence($0) || folded.isEmpty }
        return table(shown.map { row($0, findings) }) + fold(folded)
            + notMeasured(probes.filter { $0.outcome == .skipped })
    }

    private func table(_ rows: [Row]) -> [String] {
        guard !rows.isEmpty else { return [] }
        let titleWidth = rows.map(\.title.count).max() ?? 0
        let runsWidth = max("runs".count, rows.map(\.runs.count).max() ?? 0)
        let pmisWidth = max("PMIs".count, rows.map(\.pmis.count).max() ?? 0)
        func figures(_ title: String, _ runs: String, _ pmis: String) -> String {
            "\(padded(title, titleWidth))  \(padded(runs, runsWidth, right: true))"
                + "  \(padded(pmis, pmisWidth, right: true))"
        }
        let heading = "  " + figures("", "runs", "PMIs")
        guard heading.count + 2 + Self.minimumAnswerWidth <= style.lineWidth ?? .max else {
            return rows.flatMap(stacked)
        }
        return [style.coloured(heading, .dim)]
            + rows.flatMap { row in
                let start = "\(mark(row)) \(figures(row.title, row.runs, row.pmis))  "
                let answer = style.wrapped(row.answer, indent: start.count)
                return [painted(start + answer[0].dropFirst(start.count), row)]
                    + answer.dropFirst().map { painted($0, row) }
            }
    }

    private func row(_ probe: ProbeResult, _ findings: [Finding]) -> Row {
        var answer = printable(probe.answer)
        // What a finding's probe says besides is in the JSON; here its size would be pushed off the line.
        if probe.outcome == .finding, let brief = findings.map(\.brief).first(where: { answer.hasSuffix("; \($0)") }) {
            answer = brief
        }
        if probe.disturbedRuns > 0 {
            answer += " (\(Figures.counted(UInt64(probe.disturbedRuns), "disturbed run")) not used)"
        }
        return Row(
            probe: probe, title: printable(probe.title),
            runs: probe.runs > 0 ? Figures.grouped(UInt64(probe.runs)) : "",
            pmis: probe.pmis > 0 ? Figures.grouped(probe.pmis) : "", answer: answer)
    }

    /// For narrow terminals: the title, and beneath it what else there is.
    private func stacked(_ row: Row) -> [String] {
        let figures = [
            row.runs.isEmpty ? nil : Figures.counted(UInt64(row.probe.runs), "run"),
            row.pmis.isEmpty ? nil : Figures.counted(row.probe.pmis, "PMI"),
        ].compactMap(\.self).joined(separator: ", ")
        let title = style.wrapped(row.title, indent: 2, hanging: 2).marked(mark(row))
        return
            (title + (figures.isEmpty ? [] : style.wrapped(figures, indent: 4))
            + style.wrapped(row.answer, indent: 4)).map { painted($0, row) }
    }

    /// Says without colour what needs a look.
    private func mark(_ row: Row) -> String {
        switch row.probe.outcome {
        case .finding: "!"
        case .inconclusive: "?"
        case .clean, .skipped: " "
        }
    }

    private func painted(_ text: String, _ row: Row) -> String {
        switch row.probe.outcome {
        case .clean: text
        case .finding: style.coloured(text, .bad)
        case .inconclusive: style.coloured(text, .unsure)
        case .skipped: style.coloured(text, .dim)
        }
    }

    /// "13 more questions, all clean: skid, SMIs (none came), free counters (4)".
    private func fold(_ probes: [ProbeResult]) -> [String] {
        guard !probes.isEmpty else { return [] }
        let names = probes.map { probe in
            let answer = printable(probe.answer)
            // A figure that was asked for, and no sentence.
            return printable(probe.title)
                + (answer.hasPrefix("exact") || answer.count > Self.minimumAnswerWidth ? "" : " (\(answer))")
        }
        return style.wrapped(
            "\(probes.count) more questions, all clean: \(names.joined(separator: ", "))", indent: 2, hanging: 2)
    }

    /// "not measured (no core PMU): skid, SMIs". What a reason has in brackets is each probe's own: "large counts
    /// (9 s)".
    private func notMeasured(_ probes: [ProbeResult]) -> [String] {
        var reasons: [String] = []
        var names: [String: [String]] = [:]
        for probe in probes {
            let parts = printable(probe.whyNotMeasured).split(separator: " (", maxSplits: 1)
            let reason = parts.first.map(String.init) ?? "no reason"
            if names[reason] == nil { reasons.append(reason) }
            names[reason, default: []].append(printable(probe.title) + (parts.count > 1 ? " (\(parts[1])" : ""))
        }
        return reasons.flatMap { reason in
            let list = names[reason] ?? []
            // So many were left out by the person who asks.
            let what = list.count > Self.mostNames ? "\(list.count) questions" : list.joined(separator: ", ")
            return style.wrapped("not measured (\(reason)): \(what)", indent: 2, hanging: 2).map {
                style.coloured($0, .dim)
            }
        }
    }

    private func padded(_ text: String, _ width: Int, right: Bool = false) -> String {
        let padding = String(repeating: " ", count: max(0, width - text.count))
        return right ? padding + text : text + padding
    }
}

/// A line for the CPUs that say the same: their numbers, core type, runs and PMIs, verdict and faults.
struct CPUTable {
    let style: TextStyle

    private struct Row {
        var cpus: [Int]
        var coreType: String?
        var verdict: Verdict
        var faults: [Fault]
        var runs: UInt64
        var pmis: UInt64

        init(_ result: CPUResult) {
            (cpus, coreType, verdict) = ([result.cpu], result.coreType, result.verdict)
            (faults, runs, pmis) = (result.faults, UInt64(result.runs), result.pmis)
        }

        func says(sameAs other: Row) -> Bool {
            coreType == other.coreType && verdict == other.verdict && faults == other.faults
        }
    }

    func lines(_ results: [CPUResult]) -> [String] {
        var rows: [Row] = []
        for row in results.map(Row.init) {
            if let index = rows.firstIndex(where: { $0.says(sameAs: row) }) {
                rows[index].cpus += row.cpus
                rows[index].runs += row.runs
                rows[index].pmis += row.pmis
            } else {
                rows.append(row)
            }
        }
        return rows.isEmpty ? [] : [""] + rows.flatMap(line)
    }

    private func line(_ row: Row) -> [String] {
        let faults = row.faults.map(\.rawValue).joined(separator: ", ")
        let cells: [String?] = [
            "CPU \(cpuListText(row.cpus))", row.coreType, Figures.counted(row.runs, "run"),
            Figures.counted(row.pmis, "PMI"),
            row.verdict.rawValue, faults.isEmpty ? nil : faults,
        ]
        let text = cells.compactMap { $0 }.joined(separator: " · ")
        return style.wrapped(text, indent: 2, hanging: 2).marked(row.faults.isEmpty ? " " : "!")
    }
}

extension [String] {
    /// Lines that are set in, with a mark in the margin of the first.
    fileprivate func marked(_ mark: String) -> [String] {
        first.map { [mark + $0.dropFirst()] + dropFirst() } ?? []
    }
}
