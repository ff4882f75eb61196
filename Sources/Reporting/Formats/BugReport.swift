import Diagnosis
import Measurement

/// A mail as Documentation/admin-guide/reporting-issues.rst wants it, short enough to be read: what is wrong, the counts
/// that show it, how to see it again, then the machine. Its header lines make it a file that `git send-email` takes.
struct BugReport {
    /// Where the fault is known to be new.
    var regression: Regression?

    /// Lines of the whole mail, its header among them.
    static let mostLines = 45
    /// Columns of mails to kernel lists (Documentation/process/email-clients.rst).
    private static let style = TextStyle(width: 72)
    /// Characters of a subject that archives and bug trackers show whole.
    private static let subjectLength = 74

    func render(_ report: Report) -> String {
        let finding = report.findingsInOrder.first
        let fixed =
            header(report) + [""] + warning(report) + statement(report, finding) + BugReportCounts.lines(report)
        let end = reproducer(report, finding) + [""]
        let observations = finding.map { self.evidence($0, report) } ?? []
        let closing = closing(report)
        // What does not fit is in the report that is attached: the machine's last facts go first.
        let room = Self.mostLines - fixed.count - end.count - closing.count - 3
        let wanted = observations.reduce(0) { $0 + $1.count }
        let facts = BugReportMachine.lines(report).map { item($0, most: 2) }
        let machine = fitting(facts, into: max(3, room - min(wanted, 9)))
        let evidence = fitting(observations, into: room - machine.count)
        var lines = fixed
        if !evidence.isEmpty { lines += [""] + evidence }
        lines += [""] + end
        lines += ["Machine:"] + machine
        lines += closing
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: The header

    private func header(_ report: Report) -> [String] {
        [
            "To: linux-perf-users@vger.kernel.org",
            "Cc: linux-kernel@vger.kernel.org" + (regression == nil ? "" : ", regressions@lists.linux.dev"),
            "Subject: \(ascii(subject(report)))",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
        ]
    }

    /// "perf: 10 branches lost per PMI on all counters (5.10, Skylake)"
    private func subject(_ report: Report) -> String {
        let label = Self.isToBeKept(report) ? "do not send: " : regression == nil ? "" : "[REGRESSION] "
        let place = report.source == .simulated ? " (SIMULATED)" : " (\(Self.shortScope(report)))"
        let fault = report.findingsInOrder.first.map(Self.shortText) ?? "no counting fault found"
        let room = Self.subjectLength - label.count - "perf: ".count - place.count
        let short = fault.count > room ? fault.replacing(" on all counters", with: "") : fault
        let text = "\(label)perf: \(shortened(short, to: max(20, room)))\(place)"
        return shortened(text, to: Self.subjectLength)
    }

    /// "10 branches lost per PMI on all counters"
    private static func shortText(_ finding: Finding) -> String {
        var text = ""
        var depth = 0
        for character in finding.extent.split(separator: ", ", maxSplits: 1).first ?? "" {
            if character == "(" { depth += 1 }
            if depth == 0 { text.append(character) }
            if character == ")" { depth -= 1 }
        }
        let words = text.split(separator: " ").joined(separator: " ")
        return words.replacing("at each PMI", with: "per PMI")
            + (finding.fault == .freezeOnPMI ? " on all counters" : "")
    }

    /// "5.10, Skylake": what a list's reader looks for first.
    private static func shortScope(_ report: Report) -> String {
        let kernel = report.scope.kernel.split(separator: ".").prefix(2).joined(separator: ".")
        let cpu = report.scope.cpu
        let name = cpu.hasSuffix(")") ? cpu.split(separator: "(").last.map { String($0.dropLast()) } : nil
        return "\(kernel.prefix(12)), \((name ?? cpu).prefix(24))"
    }

    private func shortened(_ text: String, to length: Int) -> String {
        text.count > length ? text.prefix(length - 3) + "..." : text
    }

    /// Whether no maintainer is to get it: nothing of it was measured on a machine as it is.
    private static func isToBeKept(_ report: Report) -> Bool { report.source == .simulated || report.induced != nil }

    // MARK: The body

    private func warning(_ report: Report) -> [String] {
        var notes = Summary.cautions(report)
        if Self.isToBeKept(report) { notes[0] = "DO NOT SEND: \(notes[0])" }
        if report.findings.isEmpty {
            notes.append("Nothing to report: \(Summary.word(report)), \(Summary.sentence(report))")
        } else if report.verdict != .faulty {
            notes.append("Do not send yet: the verdict is \(report.verdict.rawValue), the fault was not reproduced.")
        }
        return notes.isEmpty ? [] : limited(notes.flatMap { item($0, most: 2) }, to: 4) + [""]
    }

    private func statement(_ report: Report, _ finding: Finding?) -> [String] {
        guard let finding else { return limited(paragraph("\(Summary.scope(report)).", most: 2), to: 2) + [""] }
        var lines = paragraph("\(Summary.scope(report)):", most: 2)
        lines += paragraph("\(finding.headline); struck \(finding.strikes).", most: 2)
        lines += paragraph(finding.mechanism, most: 2)
        for other in report.findingsInOrder.dropFirst().prefix(2) {
            lines += paragraph("Also \(other.headline).", most: 1)
        }
        if let regression {
            lines += paragraph("Linux \(regression.good) was found accurate on this CPU by the same test.", most: 2)
            if let tagLine = regression.tagLine { lines += ["", tagLine] }
        }
        return lines + [""]
    }

    private func evidence(_ finding: Finding, _ report: Report) -> [[String]] {
        let control = report.probes.first { $0.id == "planted-loss-control" && $0.outcome == .clean }
        var lines = finding.evidence.map { item($0, most: 2) }
        lines += finding.excluded.map { item("not \($0.alternative): \($0.because)", most: 2) }
        lines += finding.notMeasured.map { item("not measured: \($0.alternative) (\($0.because))", most: 2) }
        if let control { lines.append(item("control: losses that truecount planted were \(control.answer)", most: 2)) }
        return lines
    }

    private func reproducer(_ report: Report, _ finding: Finding?) -> [String] {
        let commands = ReportedCommands(report)
        var lines = ["Reproduce with truecount (counts are compared with known ones):", "    \(commands.reproduce)"]
        if let count = commands.perfStat {
            let isPerPMI = finding.map { $0.per == .pmi && [.lost, .gained].contains($0.direction) } ?? true
            let both = isPerPMI ? "; healthy, both counts are equal" : ""
            lines.append("or with perf, without PMIs and with\(both):")
            lines += ([count] + [commands.perfRecord].compactMap(\.self)).map { "    \($0)" }
        }
        return lines.map(printable)
    }

    private func closing(_ report: Report) -> [String] {
        var note = "The full report is attached (truecount report FILE --format json)."
        if report.scope.platform == .guest, report.source == .hardware {
            note += " This is a guest: the host may be at fault (kvm@vger.kernel.org)."
        }
        let build = [
            report.tool.commit.map { "commit \($0.prefix(12))" }, report.tool.buildID.map { "build \($0.prefix(12))" },
        ]
        let tool = ["\(report.tool.name) \(report.tool.version)"] + build.compactMap(\.self) + ["seed \(report.seed)"]
        return paragraph(note, most: 2) + ["-- "] + paragraph(tool.joined(separator: ", "), most: 1)
    }

    // MARK: Lines

    /// Those that fit as a whole.
    private func fitting(_ items: [[String]], into room: Int) -> [String] {
        items.reduce(into: []) { lines, item in if lines.count + item.count <= room { lines += item } }
    }

    private func limited(_ lines: [String], to most: Int) -> [String] {
        guard lines.count > most, let last = lines.prefix(most).last else { return lines }
        return lines.prefix(most - 1) + ["\(last.prefix(68)) ..."]
    }

    private func item(_ text: String, most: Int) -> [String] {
        limited(Self.style.wrapped("* \(printable(text))", hanging: 2), to: most)
    }

    private func paragraph(_ text: String, most: Int) -> [String] {
        limited(Self.style.wrapped(printable(text)), to: most)
    }

    /// Header lines hold ASCII (RFC 5322); the body says everything again as it is.
    private func ascii(_ text: String) -> String {
        String(decoding: printable(text).unicodeScalars.map { $0.isASCII ? UInt8($0.value) : 0x3F }, as: UTF8.self)
    }
}

/// The run that shows the fault best, as a table: alone, with PMIs, and what a bystander counted beside.
private enum BugReportCounts {
    static func lines(_ report: Report) -> [String] {
        guard let run = report.typicalRun ?? report.runs.first else { return [] }
        let label = report.source.label(with: ": ")
        let work = "\(run.workload), \(Figures.grouped(run.expected)) branches, \(run.event):"
        let alone = alone(for: run, in: report)
        var rows: [[String]] = [["", "period", "PMIs", "counted", ""]]
        rows.append(row("counted alone", alone.map { (nil, 0, $0.counted, $0.deviation) }))
        guard run.period != nil else { return table(label + work, rows) }
        let hasBystander = run.samplerCounted != nil
        let counted = (run.samplerCounted ?? run.counted, run.samplerDeviation ?? run.deviation)
        rows.append(row("with PMIs", (run.period, run.pmis, counted.0, counted.1)))
        rows.append(row("bystander of it", hasBystander ? (nil, run.pmis, run.counted, run.deviation) : nil))
        return table(label + work, rows)
    }

    /// The same work without PMIs; one that shows the fault, if it does.
    private static func alone(for run: RunRecord, in report: Report) -> RunRecord? {
        let shown = Set(report.findingsInOrder.first?.runs ?? [])
        let same = report.runs.enumerated().filter { _, other in
            other.arm == .countingAlone && other.condition == nil && !other.isDisturbed
                && other.workload == run.workload && other.iterations == run.iterations
        }
        return (same.first { shown.contains($0.offset) } ?? same.first)?.element
    }

    private static func row(
        _ title: String, _ counts: (period: UInt64?, pmis: UInt64, counted: UInt64, deviation: Int64)?
    ) -> [String] {
        guard let counts else { return [title, "", "", "not run", ""] }
        return [
            title, counts.period.map(Figures.grouped) ?? "", Figures.grouped(counts.pmis),
            Figures.grouped(counts.counted),
            counts.deviation == 0 ? "exact" : Direction.words(deficit: counts.deviation),
        ]
    }

    /// Columns of figures to the right; indented, so that the lines keep their breaks.
    private static func table(_ title: String, _ rows: [[String]]) -> [String] {
        let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let blanks = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + blanks : blanks + cell
            }
            let line = "    " + cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
        return TextStyle(width: 72).wrapped(printable(title)).prefix(2) + lines.map(printable)
    }
}

/// The facts that maintainers of perf and of rr ask for (reporting-issues.rst, rr's issues), the telling ones first.
private enum BugReportMachine {
    static func lines(_ report: Report) -> [String] {
        guard report.source != .simulated else { return [Summary.scope(report)] }
        let facts = MachineFacts.all(report.environment)
        func values(_ label: String) -> [String] { facts.filter { $0.label == label }.map(\.value) }
        func fact(_ label: String) -> String? { values(label).first.map { "\(label): \($0)" } }
        let machine = report.environment
        let kernel = ["Linux \(report.scope.kernel)", machine.kernel.version].compactMap(\.self).joined(separator: ", ")
        let parameters = machine.kernel.bootParameters.map { "\($0.name)\($0.value.map { "=\($0)" } ?? "")" }
        let state =
            [fact("tainted")].compactMap(\.self)
            + [MachineFacts.debugControl(report.environment), "IA32_PERF_CAPABILITIES"].compactMap { label in
                values(label).first.map { "\(label) \($0)" }
            }
        return [
            kernel, machine.processor.name,
            parameters.isEmpty ? nil : "boot parameters: \(parameters.joined(separator: " "))",
            state.isEmpty ? nil : state.joined(separator: ", "), fact("perf monitoring"),
            values("PMU").first { $0.contains("core PMU") }.map { "PMU \($0)" },
        ].compactMap(\.self)
    }
}

/// What a bug report says where an earlier kernel of the same machine had not the fault
/// (Documentation/admin-guide/reporting-regressions.rst).
public struct Regression: Sendable, Hashable {
    /// Releases as uname(2) has them.
    var good: String
    var bad: String
    /// Tags of mainline or stable that they were built from, as far as a release tells.
    var goodTag: String?
    var badTag: String?

    /// - Parameter baseline: a report of the same CPU on another kernel, on which a core PMU was found accurate.
    /// - Throws: why the two show no regression.
    public init(from baseline: Report, to report: Report) throws(RegressionError) {
        let problem: String? =
            if report.verdict != .faulty || report.source != .hardware || report.induced != nil {
                "the report shows no fault of a core PMU"
            } else if baseline.source != .hardware || baseline.induced != nil {
                "the baseline is no plain report of a core PMU"
            } else if baseline.verdict != .accurate {
                "the baseline is \(baseline.verdict.rawValue), not accurate"
            } else if baseline.scope.cpu != report.scope.cpu {
                "the baseline is of another CPU (\(baseline.scope.cpu))"
            } else if baseline.scope.kernel == report.scope.kernel {
                "the baseline is of the same kernel (\(baseline.scope.kernel))"
            } else {
                nil
            }
        if let problem { throw RegressionError(description: problem) }
        good = baseline.scope.kernel
        bad = report.scope.kernel
        goodTag = Self.tag(good)
        badTag = Self.tag(bad)
    }

    /// "v6.12.95" of "6.12.95+deb12-amd64", "v5.10" of "5.10.0-46-amd64", "v6.18-rc3" of "6.18.0-rc3-next".
    static func tag(_ release: String) -> String? {
        let parts = release.split { $0 == "-" || $0 == "+" }
        let numbers = parts.first?.split(separator: ".", omittingEmptySubsequences: false) ?? []
        guard (2...3).contains(numbers.count), numbers.allSatisfy({ UInt16($0) != nil }) else { return nil }
        let version = "v" + numbers.prefix(numbers.last == "0" && numbers.count == 3 ? 2 : 3).joined(separator: ".")
        guard parts.count > 1, parts[1].hasPrefix("rc"), UInt8(parts[1].dropFirst(2)) != nil else { return version }
        return "\(version)-\(parts[1])"
    }

    /// What regzbot, the tracker of regressions, reads; it has to stand at the start of a line.
    var tagLine: String? {
        guard let goodTag, let badTag, goodTag != badTag else { return nil }
        return "#regzbot introduced: \(goodTag)..\(badTag)"
    }
}

/// Why a baseline makes no regression of a report, in half a sentence.
public struct RegressionError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
}
