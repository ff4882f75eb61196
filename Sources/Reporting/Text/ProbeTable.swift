import Diagnosis
import Measurement

/// One line a probe: its title, the runs and PMIs that the answer rests on, and the answer. Those that were not asked
/// share a line for each reason: a page of them would hide the others.
struct ProbeTable {
    let style: TextStyle
    let source: CounterSource

    /// Columns that an answer must have beside the figures; with less it goes to a line of its own.
    private static let minimumAnswerWidth = 16

    private struct Row {
        var title: String
        var runs: String
        var pmis: String
        var answer: String
        var outcome: ProbeOutcome
    }

    func lines(_ probes: [ProbeResult]) -> [String] {
        let rows = probes.filter { $0.outcome != .skipped }.map(row)
        let titleWidth = rows.map(\.title.count).max() ?? 0
        let runsWidth = rows.map(\.runs.count).max() ?? 0
        let pmisWidth = rows.map(\.pmis.count).max() ?? 0
        return rows.flatMap { row in
            let figures =
                "  \(padded(row.title, titleWidth))   \(padded(row.runs, runsWidth, right: true))"
                + "   \(padded(row.pmis, pmisWidth, right: true))   "
            return joined(figures, row)
        } + skipped(probes.filter { $0.outcome == .skipped })
    }

    /// "not measured (no core PMU): skid, SMIs". What a reason has in brackets is each probe's own: "large counts
    /// (9 s)".
    private func skipped(_ probes: [ProbeResult]) -> [String] {
        var reasons: [String] = []
        var names: [String: [String]] = [:]
        for probe in probes {
            let parts = printable(probe.whyNotMeasured).split(separator: " (", maxSplits: 1)
            let reason = parts.first.map(String.init) ?? "no reason"
            if names[reason] == nil { reasons.append(reason) }
            names[reason, default: []].append(printable(probe.title) + (parts.count > 1 ? " (\(parts[1])" : ""))
        }
        return reasons.flatMap { reason in
            style.wrapped(
                "not measured (\(reason)): \((names[reason] ?? []).joined(separator: ", "))", indent: 2, hanging: 2
            ).map { style.coloured($0, .dim) }
        }
    }

    private func row(_ probe: ProbeResult) -> Row {
        var answer = printable(probe.answer)
        switch probe.outcome {
        case .clean, .finding: break
        case .inconclusive, .skipped: answer = "\(probe.outcome.rawValue): \(answer)"
        }
        if probe.disturbedRuns > 0 {
            answer += " (\(Figures.counted(UInt64(probe.disturbedRuns), "disturbed run")) not used)"
        }
        return Row(
            title: source.label(with: ": ") + printable(probe.title),
            runs: probe.runs > 0 ? Figures.counted(UInt64(probe.runs), "run") : "",
            pmis: probe.pmis > 0 ? Figures.counted(probe.pmis, "PMI") : "",
            answer: answer, outcome: probe.outcome)
    }

    private func joined(_ figures: String, _ row: Row) -> [String] {
        guard figures.count + Self.minimumAnswerWidth <= style.lineWidth ?? .max else { return stacked(row) }
        let answer = style.wrapped(row.answer, indent: figures.count)
        return [figures + painted(String(answer[0].dropFirst(figures.count)), row.outcome)] + answer.dropFirst()
    }

    /// For narrow terminals: the title, and beneath it what else there is.
    private func stacked(_ row: Row) -> [String] {
        let figures = [row.runs, row.pmis].filter { !$0.isEmpty }.joined(separator: " ")
        return style.wrapped(row.title, indent: 2, hanging: 2)
            + (figures.isEmpty ? [] : style.wrapped(figures, indent: 4))
            + style.wrapped(row.answer, indent: 4).map { painted($0, row.outcome) }
    }

    private func painted(_ text: String, _ outcome: ProbeOutcome) -> String {
        switch outcome {
        case .clean: text
        case .finding: style.coloured(text, .bad)
        case .inconclusive: style.coloured(text, .unsure)
        case .skipped: style.coloured(text, .dim)
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
    let source: CounterSource

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
        return style.wrapped(source.label(with: ": ") + text, indent: 2, hanging: 2)
    }
}
