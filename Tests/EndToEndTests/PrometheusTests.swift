import Diagnosis
import Foundation
import Measurement
import Reporting
import Testing

@Suite("Prometheus")
struct PrometheusTests {
    private static let rules = RecipeFolder.path("prometheus", "truecount-alerts.yml")
    private static let unitTests = RecipeFolder.path("prometheus", "truecount-alerts.test.yml")

    private static func isThere(_ programs: String...) -> Bool {
        programs.allSatisfy { FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)") }
    }

    private static let promtool = Program(path: "promtool")
    private static let hasPromtool = isThere("promtool")
    private static let reason = Comment(rawValue: "needs promtool (Debian: prometheus)")

    /// What promtool, whose parser is Prometheus's own, says of the metrics of a report.
    private func checked(_ path: String) throws -> ProgramOutcome {
        let metrics = temporaryPath("metrics")
        defer { unlink(metrics) }
        let written = try Program.truecount.run(["report", path, "--format", "prometheus", "--output", metrics])
        #expect(written.termination == .exited(0) && written.errors.isEmpty, "\(written.errors)")
        let text = try SampleReports.text(metrics)
        #expect(text.hasSuffix("\n") && !text.contains("\n\n"))
        return try Program(path: "sh").run(["-c", "promtool check metrics < \"$0\"", metrics])
    }

    @Test(
        "The metrics of every kept report, and of a hostile one, are what promtool takes and lints",
        .enabled(if: hasPromtool, reason))
    func metrics() throws {
        let hostile = temporaryPath("hostile.json")
        defer { unlink(hostile) }
        var report = try SampleReports.hostile()
        report.scope.cpu += "\"\u{301} \\\u{301}"
        report.findings += report.findings
        write(String(decoding: try ReportJSON.encode(report), as: UTF8.self), to: hostile)
        for path in SampleReports.kept + [hostile] {
            let outcome = try checked(path)
            #expect(outcome.termination == .exited(0) && outcome.errors.isEmpty, "\(path): \(outcome.errors)")
        }
        let broken = try Program(path: "sh").run([
            "-c", "echo 'truecount_info{cpu=\"a\"b\"} 1' | promtool check metrics",
        ])
        #expect(broken.termination == .exited(1), "promtool checks nothing")
    }

    @Test(
        "The alerts fire when they should, by their unit tests, and a planted mistake is seen",
        .enabled(if: hasPromtool, reason))
    func alerts() throws {
        let whole = try Self.promtool.run(["test", "rules", Self.unitTests])
        #expect(whole.termination == .exited(0), "\(whole.output)\(whole.errors)")
        let text = try String(contentsOfFile: Self.rules, encoding: .utf8)
        let alerts = text.split(separator: "\n").count { $0.contains("- alert: ") }
        let checked = try Self.promtool.run(["check", "rules", Self.rules])
        #expect(checked.output.contains("SUCCESS: \(alerts) rules found"), "\(checked.output)\(checked.errors)")
        let folder = try TemporaryFolder()
        try folder.add("truecount-alerts.yml", text.replacing("induced=\"\"", with: "induced!=\"x\""))
        try folder.add("truecount-alerts.test.yml", String(contentsOfFile: Self.unitTests, encoding: .utf8))
        let broken = try Self.promtool.run(["test", "rules", "\(folder.path)/truecount-alerts.test.yml"])
        #expect(broken.termination == .exited(1) && broken.errors.contains("TruecountFaulty"), "\(broken.errors)")
    }

    @Test(
        "A real Prometheus scrapes a real node_exporter that reads the file: the report's figures, and the alert",
        .enabled(
            if: isThere("prometheus", "prometheus-node-exporter"),
            "needs prometheus and node_exporter (Debian: prometheus, prometheus-node-exporter)"))
    func scraped() throws {
        let report = try SampleReports.read(SampleReports.faulty)
        let folder = try TemporaryFolder()
        let written = try Program.truecount.run(
            ["report", SampleReports.faulty, "--format", "prometheus", "--output", "\(folder.path)/truecount.prom"])
        #expect(written.termination == .exited(0) && written.errors.isEmpty)
        // Nothing else is left there that the collector could read.
        #expect(try folder.files() == ["truecount.prom"])
        let script = "\(SampleReports.root)/Tests/EndToEndTests/Parsers/scrape_prometheus.py"
        let seen = try Program(path: "python3").run(
            ["-B", script, folder.path, Self.rules, "TruecountFaulty", "TruecountOtherKernel"], limit: 300)
        #expect(seen.termination == .exited(0), "\(seen.errors)")
        let finding = try #require(report.findings.first)
        let labels = #"direction="lost",fault="freeze-on-pmi",per="pmi",source="hardware""#
        for line in [
            #"truecount_verdict{source="hardware",verdict="faulty"} 1"#,
            #"truecount_verdict{source="hardware",verdict="accurate"} 0"#,
            #"truecount_diagnosis_timestamp_seconds{source="hardware"} \#(Int(report.startedAt.timeIntervalSince1970))"#,
            #"truecount_diagnosis_runs{source="hardware"} \#(report.runs.count)"#,
            #"truecount_diagnosis_pmis{source="hardware"} \#(report.runs.reduce(0) { $0 + $1.pmis })"#,
            #"truecount_finding_branches{\#(labels),stat="median"} \#(finding.size.median)"#,
            #"truecount_finding_affected_ratio{among="pmi",\#(labels)} 1"#,
            "ALERT TruecountFaulty firing 127.0.0.1 miscounts branches when its counters interrupt",
        ] {
            #expect(seen.output.contains("\(line)\n"), "\(line) is not in:\n\(seen.output)")
        }
        #expect(seen.output.contains(#"kernel="5.10.0-46-cloud-amd64""#))
        #expect(seen.output.contains("ALERT TruecountOtherKernel pending"))
    }

    @Test("Simulated PMUs and faults made on purpose are labelled in every sample, so that no alert tells of them")
    func labels() throws {
        let simulated = try Program.truecount.run(
            ["diagnose", "--quick", "--pmu", "simulated:skylake-4.20", "--format", "prometheus"])
        let induced = try Program.truecount.run(["report", SampleReports.kept[4], "--format", "prometheus"])
        for (text, label) in [
            (simulated.output, #"source="simulated""#), (induced.output, #"source="hardware",induced="freeze-on-pmi""#),
        ] {
            let samples = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
            #expect(samples.count > 10 && samples.allSatisfy { $0.contains(label) }, "\(text)")
        }
    }

    @Test(
        "The units of the recipe: systemd's own verification, and the command that they run",
        .enabled(if: isThere("systemd-analyze"), "needs systemd-analyze (systemd)"))
    func units() throws {
        let folder = try TemporaryFolder()
        let service = try String(
            contentsOfFile: RecipeFolder.path("prometheus", "truecount-metrics.service"), encoding: .utf8
        ).replacing("/usr/local/bin/truecount", with: Program.truecount.path)
            .replacing("/var/lib/prometheus/node-exporter", with: folder.path)
        try folder.add("truecount-metrics.service", service)
        let timer = RecipeFolder.path("prometheus", "truecount-metrics.timer")
        try folder.add("truecount-metrics.timer", String(contentsOfFile: timer, encoding: .utf8))
        let units = ["service", "timer"].map { "\(folder.path)/truecount-metrics.\($0)" }
        let verified = try Program(path: "systemd-analyze").run(["verify", "--man=no"] + units)
        #expect(verified.termination == .exited(0) && verified.errors.isEmpty, "\(verified.errors)")
        let command = try #require(service.split(separator: "\n").first { $0.hasPrefix("ExecStart=") })
        let words = command.dropFirst("ExecStart=".count).split(separator: " ").map(String.init)
        let outcome = try Program(path: words[0]).run(Array(words.dropFirst()))
        #expect([.exited(0), .exited(1), .exited(3), .exited(4)].contains(outcome.termination), "\(outcome.errors)")
        #expect(try folder.text("truecount.prom").hasPrefix("# HELP truecount_info "))
    }
}
