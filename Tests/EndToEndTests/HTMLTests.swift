import Diagnosis
import Foundation
import Glibc
import Measurement
import Reporting
import Testing

/// As Debian installs them.
private let hasBrowser = ["/usr/bin/chromium", "/usr/bin/chromedriver"].allSatisfy { (path: String) in
    access(path, X_OK) == 0
}

@Suite(
    "Pages in a real browser",
    .enabled(if: hasBrowser, "needs chromium and chromedriver (Debian: chromium, chromium-driver)"),
    .enabled(if: ParserEnvironment.python != nil, Comment(rawValue: ParserEnvironment.reason)))
struct HTMLTests {
    /// What the browser shows of the page that a command writes. The script fails for every request, every line of the
    /// console, every broken rule of axe-core, and for a page that is wider than its screen.
    private func shown(_ arguments: [String]) throws -> [String] {
        let page = temporaryPath("page.html")
        defer { unlink(page) }
        let written = try Program.truecount.run(arguments + ["--format", "html", "--output", page])
        #expect(written.termination == .exited(0) && written.errors.isEmpty, "\(written.errors)")
        let parsed = try ParserEnvironment.run("read_html", page)
        #expect(parsed.termination == .exited(0), "\(arguments): \(parsed.errors.suffix(3000))")
        return parsed.output.split(separator: "\n").map(String.init)
    }

    @Test(
        "Reports of the lab: the verdict first, plots that say what they show, and every run in the JSON that is saved")
    func reports() throws {
        for path in [SampleReports.kept[0], SampleReports.kept[1], SampleReports.kept[5]] {
            let report = try SampleReports.read(path)
            let lines = try shown(["report", path])
            let word = report.verdict.rawValue.uppercased()
            #expect(lines.first?.hasPrefix("title \(word) · truecount") == true)
            #expect(lines.first { $0.hasPrefix("h1 ") }?.hasPrefix("h1 \(word) ") == true)
            // Where all is exact: the control, where it was made, and the skid.
            let isExact = report.findings.isEmpty && report.induced == nil
            #expect(lines.count { $0.hasPrefix("desc ") } == (isExact ? 2 : 3))
            let probes = report.probes.filter { $0.outcome != .skipped }
            for probe in probes {
                #expect(lines.contains { $0.hasPrefix("th ") && $0.contains(probe.title) })
                #expect(lines.contains { $0.hasPrefix("td \(probe.outcome.rawValue) \(probe.answer)") })
            }
            let saved = try #require(lines.first { $0.hasPrefix("saved ") }).dropFirst("saved ".count)
            #expect(try ReportFile.decode(Array(saved.utf8), name: "saved") == report)
        }
    }

    @Test("A hostile report is shown as it is written, and runs nothing")
    func hostile() throws {
        let path = temporaryPath("hostile.json")
        defer { unlink(path) }
        let report = try SampleReports.hostile()
        write(String(decoding: try ReportJSON.encode(report), as: UTF8.self), to: path)
        let lines = try shown(["report", path])
        #expect(lines.contains { $0.contains("<script>alert(1)</script>&\"']]><!-- -->&lt;&#60;") })
        let saved = try #require(lines.first { $0.hasPrefix("saved ") }).dropFirst("saved ".count)
        #expect(try ReportFile.decode(Array(saved.utf8), name: "saved") == report)
    }

    @Test("A simulated report of all CPUs says what it is")
    func simulated() throws {
        let path = temporaryPath("simulated.json")
        defer { unlink(path) }
        _ = try Program.truecount.run(
            [
                "diagnose", "--quick", "--cpu", "all", "--pmu", "simulated:skylake-4.20", "--format", "json",
                "--output",
                path,
            ])
        let lines = try shown(["report", path])
        #expect(lines.contains { $0.hasPrefix("h1 SIMULATED FAULTY freeze-on-pmi") })
        #expect(lines.filter { $0.hasPrefix("th ") }.allSatisfy { $0.hasPrefix("th SIMULATED: ") })
        #expect(lines.contains("h3 CPUs") && lines.contains("h3 A recording and its replay"))
        #expect(lines.contains { $0.hasPrefix("desc ") && $0.contains("The ring: the first difference, at event ") })
    }

    @Test("A comparison and a fleet are pages, too")
    func compared() throws {
        let lab = "\(SampleReports.root)/results/lab"
        let comparison = try shown(["compare", "\(lab)/5.10.262-v4pmi-off.json", SampleReports.faulty])
        #expect(comparison.contains("h1 2 reports compared Something is worse"))
        #expect(comparison.contains("th freeze-on-pmi new-fault"))
        let fleet = try shown(["compare", "--fleet", lab])
        // All files there but their index.
        let reports = try FileManager.default.contentsOfDirectory(atPath: lab).count { $0.hasSuffix(".json") } - 1
        #expect(fleet.contains { $0.hasPrefix("h1 \(reports) reports Faults in ") })
        #expect(fleet.contains { $0.hasPrefix("th 6.12.95") })
    }

    @Test("The check of a page finds what is wrong with one: these tests can fail")
    func checkerRefuses() throws {
        let path = temporaryPath("bad.html")
        defer { unlink(path) }
        let end = #"<script type="application/json" id="json">{}</script></main></body></html>"#
        for flaw in [
            "<img src=\"http://127.0.0.1:9/x.png\" alt=\"x\">", "<script>console.error('x')</script>",
            "<div style=\"width:3000px\">x</div>", "<button></button>", "<p style=\"color:#999;background:#fff\">x</p>",
        ] {
            write(
                "<!DOCTYPE html><html lang=\"en\"><head><title>x</title></head><body><main><h1>x</h1>\(flaw)\(end)",
                to: path)
            #expect(try ParserEnvironment.run("read_html", path).termination == .exited(1), "\(flaw)")
        }
    }
}
