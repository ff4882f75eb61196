import Diagnosis
import Measurement

/// A report as a person reads it: what was measured, the probes with findings first, and the verdict at the end, where
/// the eye rests.
public struct TextReport: Sendable {
    private let style: TextStyle

    public init(style: TextStyle = .plain) {
        self.style = style
    }

    /// The whole text, with a newline at its end.
    public func render(_ report: Report) -> String {
        var lines = header(report)
        lines += label(report)
        lines += induced(report)
        if report.interrupted == true {
            lines += headline("INTERRUPTED", "stopped early; this is what was known by then", colour: .unsure)
        }
        if !report.probes.isEmpty {
            lines.append("")
            lines += ProbeTable(style: style).lines(report.probes, report.findings)
        }
        if let cpus = report.cpus { lines += CPUTable(style: style).lines(cpus) }
        for note in Summary.notes(report) { lines += style.wrapped("note: \(note)", indent: 2, hanging: 2) }
        lines += TextPlots(style: style).lines(report)
        lines.append("")
        lines += verdict(report)
        return lines.joined(separator: "\n") + "\n"
    }

    private func header(_ report: Report) -> [String] {
        guard report.source != .simulated else { return simulatedHeader(report) }
        return style.wrapped(report.scope.line, hanging: 2) + counting(report.runs)
    }

    /// Nothing of the machine's may stand above counts that it did not make.
    private func simulatedHeader(_ report: Report) -> [String] {
        let name = report.model.map { " · \(printable($0.name))" } ?? ""
        return headline(
            "SIMULATED" + name, "a software model of a PMU, not this machine", colour: .unsure)
            + counting(report.runs)
    }

    private func counting(_ runs: [RunRecord]) -> [String] {
        guard let first = runs.first else { return [] }
        let events = Set(runs.map(\.event))
        let event = events.count == 1 ? printable(first.event) : "\(events.count) events"
        let cpus = Set(runs.map(\.cpu)).sorted().map(String.init)
        return style.wrapped("counting \(event) on CPU \(cpus.joined(separator: ", "))", hanging: 2)
    }

    /// What these counts can tell and what not, where they are not a core PMU's.
    private func label(_ report: Report) -> [String] {
        guard report.source == .breakpoint else { return [] }  // a simulated PMU's header says it
        let why = report.environment.hasCorePMU ? "the core PMU was not used" : "there is no core PMU"
        return headline(
            "BREAKPOINT COUNTER",
            "\(why): this checks the kernel's perf core; whether PMIs lose branches cannot be tested here",
            colour: .unsure)
    }

    /// A positive control must not be taken for news of the kernel.
    private func induced(_ report: Report) -> [String] {
        guard let induced = report.induced else { return [] }
        let end =
            induced.restored
            ? "put back afterwards" : "NOT PUT BACK: write 0x\(String(induced.before, radix: 16)) to it, or reboot"
        return headline(
            "INDUCED",
            "truecount itself caused \(induced.fault): \(induced.register) of CPU \(induced.cpu) from "
                + "0x\(String(induced.before, radix: 16)) to 0x\(String(induced.during, radix: 16)); \(end)",
            colour: .unsure)
    }

    private func verdict(_ report: Report) -> [String] {
        // A counter that is taken is not a counter that is wrong.
        let starved = report.findings.filter { $0.fault == .starvedCounter }
        let reproduced = report.findings.filter { $0.isReproduced && $0.fault != .starvedCounter }
        let others = report.findings.filter { !$0.isReproduced && $0.fault != .starvedCounter }
        var lines: [String] = []
        if report.verdict == .faulty, !reproduced.isEmpty {
            for finding in reproduced {
                lines += findingLines(finding, heading: report.source.word(.faulty), colour: .bad)
            }
            // Each finding has said its own reason; what is left is why the diagnosis ended early.
            for reason in report.reasons.dropFirst(reproduced.count) {
                lines += style.wrapped(printable(reason), indent: 2)
            }
        } else {
            let (first, rest) = (report.reasons.first, report.reasons.dropFirst())
            lines += headline(
                Summary.word(report), first.map(printable), colour: report.verdict.colour)
            for reason in rest { lines += style.wrapped(printable(reason), indent: 2) }
            for line in Summary.disturbances(report) { lines += style.wrapped(line, indent: 2, hanging: 2) }
            for finding in reproduced { lines += findingLines(finding, heading: "finding", colour: .unsure) }
        }
        for finding in starved { lines += findingLines(finding, heading: "finding", colour: .unsure) }
        for finding in others { lines += findingLines(finding, heading: "seen once and not again", colour: .unsure) }
        return lines
    }

    private func findingLines(_ finding: Finding, heading: String, colour: Colour) -> [String] {
        let more = finding.fault.more
        // How late PMIs came is a distribution, and one number does not tell it.
        let evidence = finding.direction == .late ? finding.evidence : []
        var lines = headline(heading, finding.headline, colour: colour)
        lines += style.wrapped(printable(finding.mechanism), indent: 2)
        for line in evidence { lines += style.wrapped(printable(line), indent: 2, hanging: 2) }
        lines += style.wrapped(printable(finding.advice), indent: 2)
        for unmeasured in finding.notMeasured {
            lines += style.wrapped(printable(unmeasured.sentence), indent: 2, hanging: 2)
        }
        let command = more.command.map { " \($0)" } ?? ""
        lines += style.wrapped(more.words + command, indent: 2)
        return lines
    }

    private func headline(_ word: String, _ text: String?, colour: Colour) -> [String] {
        let lines = style.wrapped(word + (text.map { " · \($0)" } ?? ""), hanging: 2)
        guard let first = lines.first, first.hasPrefix(word) else { return lines }
        return [style.coloured(word, colour) + first.dropFirst(word.count)] + lines.dropFirst()
    }
}
