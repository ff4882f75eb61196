import Diagnosis
import Glibc
import Reporting
import Testing

@Suite(
    "The published schema, by an independent validator",
    .enabled(if: ParserEnvironment.python != nil, Comment(rawValue: ParserEnvironment.reason)))
struct ReportSchemaTests {
    private static let schema = "\(SampleReports.root)/Sources/Reporting/Schema/report.schema.json"

    @Test("Every report in results/ is valid")
    func kept() throws {
        let folders = ["\(SampleReports.root)/results", "\(SampleReports.root)/results/lab"]
        let found = try folders.flatMap { folder in
            try Program(path: "/usr/bin/find").run([folder, "-maxdepth", "1", "-name", "*.json"])
                .output.split(separator: "\n").map(String.init)
        }
        let verdicts = try verdicts(found)
        // Other files lie there, too.
        #expect(verdicts.count == found.count && verdicts.count { $0 == "valid" } >= 23)
        #expect(Set(verdicts).isSubset(of: ["valid", "no report"]))
    }

    @Test(
        "A fresh report is valid, of every kind of source",
        arguments: [
            ["--pmu", "breakpoint"], ["--pmu", "hardware"], ["--pmu", "simulated:skylake-4.20"],
            ["--pmu", "simulated:healthy-zen2", "--redact"],
            // A period that is ignored, and several CPUs that show the same.
            ["--pmu", "simulated:old-ioc-period"], ["--pmu", "simulated:skylake-4.20", "--cpu", "all"],
        ])
    func fresh(options: [String]) throws {
        let path = temporaryPath("fresh.json")
        defer { unlink(path) }
        _ = try Program.truecount.run(["diagnose", "--quick", "--format", "json", "--output", path] + options)
        #expect(try verdicts([path]) == ["valid"])
    }

    @Test(
        "A report that breaks the format is not",
        arguments: [
            ("\"verdict\": \"faulty\"", "\"verdict\": \"fine\"", "invalid: verdict"),
            ("\"schemaVersion\": 2", "\"schemaVersion\": 3", "invalid: schemaVersion"),
            ("\"per\": \"pmi\"", "\"per\": 1", "invalid: findings/0/per"),
            ("\"seed\": 1266632726", "\"seed\": -1", "invalid: seed"),
            ("\"seed\": 1266632726", "\"seed\": null", "null"),
            ("\"startedAt\": \"2026", "\"startedAt\": \"tomorrow", "invalid: startedAt"),
            (
                "\"seed\": 1266632726", "\"seed\": 1, \"mood\": 3",
                "not described: Additional properties are not allowed ('mood' was unexpected)"
            ),
        ])
    func broken(part: String, replacement: String, answer: String) throws {
        let text = try SampleReports.text(SampleReports.faulty)
        try #require(text.contains(part))
        let path = temporaryPath("broken.json")
        defer { unlink(path) }
        write(text.replacing(part, with: replacement), to: path)
        #expect(try verdicts([path]) == [answer])
    }

    private func verdicts(_ paths: [String]) throws -> [String] {
        let python = try #require(ParserEnvironment.python)
        let script = "\(SampleReports.root)/Tests/EndToEndTests/Parsers/validate_schema.py"
        let outcome = try Program(path: python).run(["-B", script, Self.schema] + paths)
        #expect(outcome.termination == .exited(0), "\(outcome.errors)")
        return outcome.output.split(separator: "\n").map(String.init)
    }
}
