import Measurement
import Simulation
import Testing

@testable import Diagnosis
@testable import Reporting

/// What a person sees on a terminal of 80 columns, of every kept report of the lab and of simulated PMUs.
@Suite("A report on 80 columns")
struct TerminalLayoutTests {
    private static let models = [
        "healthy-skylake", "healthy-zen2", "skylake-4.20", "skylake-5.10-perf-v4-pmi", "rare-drop", "apple-m2-no-pmi",
        "zen-late-pmi", "throttled-laptop", "pinned-starved", "vmware-cpuid", "comet-lake-smi", "kvm-txcp-garbage",
        "ice-lake-old-encoding", "graviton2-migration", "silvermont-plus-one",
    ]

    private static func simulated(_ name: String, _ effort: Effort = .quick) throws -> Report {
        let preset = try #require(Preset.named(name))
        var bench = SimulatedBench(preset.pmu, seed: 3)
        let result = diagnose(
            DiagnosisRequest(effort: effort, cpu: 0, seed: 3), on: &bench, skidLimit: preset.pmu.skidLimit)
        return Fixtures.report(result, model: ReportedModel(name: name, parameters: [:]))
    }

    private static let everyReport: [(name: String, report: Report)] = {
        let kept = ((try? CommittedReports.paths()) ?? []).compactMap { path in
            (try? ReportFile.read(path)).map { (path, $0) }
        }
        return kept + models.compactMap { name in (try? simulated(name)).map { (name, $0) } }
    }()

    private static func all() throws -> [(name: String, report: Report)] {
        try #require(everyReport.count > 20 + models.count)
        return everyReport
    }

    private static func lines(_ report: Report, width: Int = 80) -> [String] {
        TextReport(style: TextStyle(width: width)).render(report).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
    }

    /// Rows of the probes: between their heading and the next paragraph.
    private static func rows(_ lines: [String]) -> ArraySlice<String> {
        guard
            let heading = lines.firstIndex(where: {
                $0.hasPrefix("     ") && $0.hasSuffix(" PMIs") && $0.contains(" runs ")
            })
        else { return [] }
        return lines[(heading + 1)...].prefix {
            !$0.isEmpty && !$0.hasPrefix("  not measured") && !$0.contains(" more questions, ")
        }
    }

    @Test("No line is longer, findings come before clean probes and are marked, and the verdict is the last paragraph")
    func layout() throws {
        for (name, report) in try Self.all() {
            let lines = Self.lines(report)
            for line in lines { #expect(line.count <= 80, "\(name): \(line)") }
            let rows = Self.rows(lines).filter { !$0.hasPrefix("          ") }
            let marks = rows.compactMap(\.first)
            let outcomes = report.probes.map(\.outcome)
            #expect(marks.count { $0 == "!" } == outcomes.count { $0 == .finding }, "\(name)")
            #expect(marks.count { $0 == "?" } == outcomes.count { $0 == .inconclusive }, "\(name)")
            let order: [Character] = ["!", "?", " "]
            #expect(marks == marks.sorted { order.firstIndex(of: $0) ?? 3 < order.firstIndex(of: $1) ?? 3 }, "\(name)")
            let last = try #require(lines.split(separator: "").last?.first)
            #expect(last.hasPrefix(Summary.word(report)), "\(name): \(last)")
        }
    }

    @Test("The counter source is named in the heading and in the verdict, and in no row")
    func source() throws {
        for (name, report) in try Self.all() {
            let lines = Self.lines(report)
            for row in Self.rows(lines) {
                #expect(!row.contains("SIMULATED") && !row.contains("breakpoint"), "\(name)")
            }
            switch report.source {
            case .hardware:
                #expect(!lines.contains { $0.contains("SIMULATED") || $0.contains("BREAKPOINT") }, "\(name)")
            case .breakpoint: #expect(lines.count { $0.hasPrefix("BREAKPOINT COUNTER · ") } == 1, "\(name)")
            case .simulated:
                #expect(lines[0].hasPrefix("SIMULATED · \(name)"))
                #expect(
                    lines.count { $0.hasPrefix("SIMULATED \(report.verdict.rawValue.uppercased())") } >= 1, "\(name)")
            }
        }
    }

    @Test("The arms and the control have a line each, and other clean probes share a paragraph that names them all")
    func folding() throws {
        for (name, report) in try Self.all() {
            let lines = Self.lines(report, width: 120)
            let rows = Self.rows(lines)
            let text = lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
            let others = report.probes.filter { $0.outcome == .clean && !ProbeDescription.arms.contains($0.id) }
            for probe in report.probes where probe.outcome != .skipped {
                let isFolded = others.count > 3 && others.contains { $0.id == probe.id }
                let isRow = rows.contains { $0.dropFirst(2).hasPrefix("\(printable(probe.title))  ") }
                #expect(isRow != isFolded && text.contains(printable(probe.title)), "\(name): \(probe.title)")
            }
            #expect(others.count <= 3 || text.contains(" \(others.count) more questions, all clean: "), "\(name)")
            let skipped = Dictionary(grouping: report.probes.filter { $0.outcome == .skipped }) {
                $0.whyNotMeasured.split(separator: " (")[0]
            }
            for (reason, probes) in skipped {
                let what = probes.count > 10 ? "\(probes.count) questions" : printable(probes[0].title)
                #expect(text.contains("not measured (\(printable(String(reason)))): \(what)"), "\(name): \(reason)")
            }
        }
    }

    @Test("Figures from 1,000 on have their thousands apart")
    func thousands() throws {
        for (name, report) in try Self.all() where report.source == .simulated {
            // Names and codes are no figures.
            let text = TextReport().render(report)
            for word in text.split(whereSeparator: { !$0.isLetter && !$0.isNumber && !",.-_=".contains($0) })
            where word.count(where: \.isNumber) >= 4 && word.allSatisfy({ $0.isNumber || $0 == "," || $0 == "." }) {
                let isYear = Int(word).map { (1990...2099).contains($0) } ?? false
                #expect(word.contains(",") || isYear, "\(name): \(word)")
            }
        }
        for (name, report) in try Self.all() {
            for row in Self.rows(Self.lines(report)) {
                #expect(row.firstMatch(of: #/\b[0-9]{4,}\b/#) == nil, "\(name): \(row)")
            }
        }
    }

    @Test("Where no PMI came no probe says that PMIs are exact")
    func noPMI() throws {
        let report = try Self.simulated("apple-m2-no-pmi")
        #expect(report.verdict == .faulty && report.findings.map(\.fault) == [.lostPMI])
        for probe in report.probes where ["pmi-totals", "pmi-ledger", "bystander"].contains(probe.id) {
            #expect(probe.pmis == 0 && probe.outcome != .clean, "\(probe.id): \(probe.answer)")
            #expect(probe.answer.contains("no PMI"), "\(probe.id): \(probe.answer)")
        }
    }
}
