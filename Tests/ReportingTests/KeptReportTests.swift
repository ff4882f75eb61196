import FoundationEssentials
import Glibc
import Measurement
import Simulation
import Testing

@testable import Diagnosis
@testable import Reporting

/// A report keeps few rows of its ledgers, and is judged by their sums.
@Suite("A kept report")
struct KeptReportTests {
    static let models =
        [
            "healthy-skylake", "healthy-zen2", "skylake-4.20", "throttled-laptop", "full-ring", "multiplexed",
            "pinned-starved",
        ].filter { Preset.named($0) != nil }
        + Preset.all.map(\.name).filter { $0.contains("lock") || $0.contains("smi") }

    private static func diagnosed(_ name: String, _ effort: Effort, cpu: Int = 0) throws -> DiagnosisResult {
        let preset = try #require(Preset.named(name))
        var bench = SimulatedBench(preset.pmu, seed: 3)
        return diagnose(
            DiagnosisRequest(effort: effort, cpu: cpu, seed: 3), on: &bench, skidLimit: preset.pmu.skidLimit)
    }

    private static func kept(_ report: Report) throws -> Report {
        try ReportFile.decode(try ReportJSON.encode(report), name: "kept")
    }

    @Test("is judged like the live one, whatever rows it keeps", arguments: models)
    func sameJudgement(model: String) throws {
        let result = try Self.diagnosed(model, .quick)
        for ledgers in LedgerDetail.allCases {
            let report = try Self.kept(Fixtures.report(result, ledgers: ledgers))
            #expect(report.findings == result.findings && report.probes == result.probes)
            #expect(ledgers == .sampled || report.runs == result.runs)
            expectSame(report.result.judgedAgain(), report, "\(model), \(ledgers.rawValue)")
        }
    }

    @Test("of several CPUs is judged CPU by CPU")
    func severalCPUs() throws {
        let diagnoses = try [(0, "healthy-skylake"), (2, "skylake-4.20"), (5, "skylake-4.20")].map { cpu, model in
            CPUDiagnosis(
                cpu: cpu, coreType: "core", skidLimit: 100, result: try Self.diagnosed(model, .quick, cpu: cpu))
        }
        let report = try Self.kept(Fixtures.report(.merged(diagnoses)))
        #expect(report.verdict == .faulty && report.findings.first?.cpus == [2, 5])
        expectSame(report.result.judgedAgain(), report, "three CPUs")
    }

    @Test("of an early end stays as cautious as it was")
    func caution() throws {
        var result = try Self.diagnosed("healthy-skylake", .quick)
        #expect(result.verdict == .accurate && result.judgedAgain().verdict == .accurate)
        (result.verdict, result.reasons) = (.inconclusive, ["CPU 0 went offline during its diagnosis"])
        let again = result.judgedAgain()
        #expect(again.verdict == .inconclusive && again.reasons == result.reasons)
    }

    @Test(
        "is small enough to be attached",
        arguments: [
            ("skylake-4.20", Effort.standard, 300), ("skylake-4.20", .quick, 100), ("healthy-zen2", .quick, 100),
        ])
    func size(model: String, effort: Effort, kilobytes: Int) throws {
        let report = Fixtures.report(try Self.diagnosed(model, effort))
        let bytes = try ReportJSON.encode(report)
        #expect(bytes.count <= kilobytes * 1000, "\(bytes.count)")
        #expect(report.runs.allSatisfy { ($0.ledger?.kept.count ?? 0) <= 64 })
        #expect(report.runs.contains { ($0.ledger?.kept.count ?? 0) >= 16 })
    }

    @Test("says its verdict in its third line, and its runs last")
    func order() throws {
        let text = String(decoding: try ReportJSON.encode(Fixtures.report(Fixtures.faulty)), as: UTF8.self)
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines[2] == #"  "verdict": "faulty","#)
        let names = lines.filter { $0.hasPrefix("  \"") }.compactMap { $0.split(separator: "\"").dropFirst().first }
        #expect(
            names == [
                "schemaVersion", "verdict", "reasons", "source", "findings", "probes", "scope", "notes", "environment",
                "tool", "startedAt", "endedAt", "arguments", "seed", "commands", "runs",
            ])
        #expect(lines.contains(#"  "endedAt": "2025-11-23T01:06:52Z","#))
    }

    /// As truecount 0.1.0 wrote it: two runs that freeze, one without PMIs, and a finding, probes and skids of old.
    private static func format1(verdict: String = "faulty") -> [UInt8] {
        func run(_ arm: String, counted: Int, _ rest: String) -> String {
            #"{"probe": "pmi-totals", "workload": "tight-loop", "iterations": 1000000, "arm": "\#(arm)", "event": "e (r01c4)","#
                + #" "cpu": 0, "expected": 1000000, "counted": \#(counted), "throttles": 0, "lost": 0, "timeEnabled": 9,"#
                + #" "timeRunning": 9, "voluntarySwitches": 0, "involuntarySwitches": 0, "migrations": 0,"#
                + #" "disturbances": [], \#(rest)}"#
        }
        let rows = (1...9).map {
            #"{"index": \#($0), "time": \#($0), "offset": 8, "truePosition": \#($0 * 100_013), "counted": \#($0 * 100_003)}"#
        }.joined(separator: ", ")
        let sampled = run(
            "B", counted: 999_910,
            #""pmis": 9, "period": 100003, "samplerExpected": 1000000, "samplerCounted": 999910, "samplerTimeEnabled": 9,"#
                + #" "samplerTimeRunning": 9, "circumstance": "precise=2", "ledger": [\#(rows)]"#)
        let plain = sampled.replacing(#""circumstance": "precise=2", "#, with: "")
        let alone = run("A", counted: 1_000_000, #""pmis": 0, "ledger": []"#)
        return Array(
            #"""
            {"schemaVersion": 1, "tool": {"name": "truecount", "version": "0.1.0"}, "startedAt": "2025-11-23T01:06:40Z",
             "arguments": [], "seed": 7, "source": "hardware", "verdict": "\#(verdict)", "reasons": ["old words"],
             "scope": {"kernel": "5.10", "architecture": "x86_64", "cpu": "c", "platform": "guest"},
             "environment": \#(environment), "notes": ["a note"],
             "findings": [{"fault": "freeze-on-pmi", "per": "pmi", "size": {"min": 10, "median": 10, "max": 10, "mean": 10},
                           "mechanism": "m", "advice": "a", "evidence": [], "excluded": [], "runsShowing": 2}],
             "probes": [{"id": "signals", "question": "q", "title": "t", "outcome": "skipped", "reason": "left out by --probe",
                         "runs": 0, "disturbedRuns": 0, "pmis": 0}],
             "skid": {"pmis": 18, "min": 10, "median": 10, "percentile99": 10, "max": 10, "rrLimit": 100},
             "runs": [\#(alone), \#(alone), \#(plain), \#(plain), \#(sampled)]}
            """#.utf8)
    }

    private static var environment: String {
        (try? ReportJSON.encode(Fixtures.skylake)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    @Test("of format 1 is read: its runs are judged again, and what was left out stays left out")
    func former() throws {
        let report = try ReportFile.decode(Self.format1(), name: "old")
        #expect(report.schemaVersion == 2 && report.verdict == .faulty && report.notes == ["a note"])
        #expect(report.findings.map(\.fault) == [.freezeOnPMI])
        #expect(report.findings.first?.direction == .lost && report.findings.first?.size.median == 10)
        #expect(report.findings.first?.runs == [2, 3, 4] && report.skid?.rrLimit == 100 && report.skid?.pmis == 18)
        #expect(report.runs[4].condition == Condition(.precise, level: 2))
        #expect(report.probes.first { $0.id == "signals" }?.answer == "not measured: left out by --probe")
        expectSame(report.result.judgedAgain(), report, "format 1")
        let again = try ReportFile.decode(try ReportJSON.encode(report), name: "converted")
        #expect(again == report)
    }

    @Test("of format 1 stays unsupported with its own reasons unless its runs say worse")
    func formerUnsupported() throws {
        #expect(try ReportFile.decode(Self.format1(verdict: "unsupported"), name: "old").verdict == .faulty)
        let text = String(decoding: Self.format1(verdict: "unsupported"), as: UTF8.self)
        let runs = try #require(text.firstRange(of: #""runs": [{"#))
        let empty = try ReportFile.decode(Array((text[..<runs.lowerBound] + #""runs": []}"#).utf8), name: "old")
        #expect(empty.verdict == .unsupported && empty.reasons == ["old words"] && empty.findings.isEmpty)
    }

    @Test("of format 1 with counts that no run can have is refused before they are summed up")
    func formerImplausible() throws {
        let text = String(decoding: Self.format1(), as: UTF8.self)
            .replacing("\"pmis\": 9,", with: "\"pmis\": \(UInt64.max),")
        #expect(throws: ReportFileError.self) { try ReportFile.decode(Array(text.utf8), name: "old") }
    }

    @Test("of format 1 is read for a fleet as well")
    func formerFleet() throws {
        let path = "/tmp/truecount-format1-\(UInt64.random(in: 0 ... .max)).json"
        try OutputDestination(path: path).write(Self.format1())
        defer { remove(path) }
        let fleet = Fleet(files: [path])
        #expect(fleet.unreadable.isEmpty && fleet.groups.first?.worst == .faulty)
        #expect(
            fleet.groups.first?.details == [
                "freeze-on-pmi in 1 report: median 10 branches lost per PMI, at 100 % of PMIs"
            ])
    }

    @Test("whose finding rests on a run that is not there is refused")
    func places() throws {
        var report = Fixtures.report(Fixtures.faulty)
        report.findings[0].runs = [1]
        let bytes = try ReportJSON.encode(report)
        #expect(throws: ReportFileError.self) { try ReportFile.decode(bytes, name: "odd") }
    }
}
