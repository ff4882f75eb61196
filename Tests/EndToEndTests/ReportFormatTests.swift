import Diagnosis
import Glibc
import Measurement
import Reporting
import Testing

@Suite(
    "Each format of a report, read by a parser of its own world",
    .enabled(if: ParserEnvironment.python != nil, Comment(rawValue: ParserEnvironment.reason)))
struct ReportFormatTests {
    @Test(
        "Every probe and the verdict arrive with their names and outcomes", arguments: ["tap", "ktap", "junit", "lava"])
    func points(format: String) throws {
        for report in try samples() {
            let lines = try read(report, as: format).filter { !$0.hasPrefix("measured ") }
            #expect(lines == SampleReports.points(report), "\(report.scope.kernel)")
        }
    }

    @Test("LAVA gets the size of each fault as a measurement")
    func measurements() throws {
        let report = try SampleReports.read(SampleReports.faulty)
        let lines = try read(report, as: "lava").filter { $0.hasPrefix("measured ") }
        #expect(lines == ["measured finding.freeze-on-pmi fail 10 branches_lost_per_pmi"])
    }

    @Test("KernelCI's own validator takes every submission, and each test has its path and status")
    func kcidb() throws {
        for report in try samples() {
            let expected = SampleReports.points(report).map { "truecount.\($0)" }.map { line in
                line.replacing("truecount.verdict ", with: "truecount ")
                    .replacing("truecount.breakpoint.verdict ", with: "truecount.breakpoint ")
                    .replacing("truecount.SIMULATED.verdict ", with: "truecount.SIMULATED ")
            }
            #expect(try read(report, as: "kcidb") == expected)
        }
    }

    @Test("Markdown shows every text as it is: nothing formats, links, mentions or is HTML")
    func markdown() throws {
        for report in try samples() {
            let lines = try read(report, as: "markdown")
            let word = (report.source == .simulated ? "SIMULATED " : "") + report.verdict.rawValue.uppercased()
            #expect(lines.first == "h2 truecount: \(word)")
            let headings = lines.filter { $0.hasPrefix("h3 ") }
            #expect(headings.count == report.findings.count)
            let cells = lines.filter { $0.hasPrefix("td ") }
            let label = report.source == .hardware ? "" : report.source == .simulated ? "SIMULATED: " : "breakpoint: "
            for (index, probe) in report.probes.enumerated() {
                #expect(seen(cells[index * 4]) == seen("td \(label)\(printable(probe.title))"))
                #expect(seen(cells[index * 4 + 3]) == seen("td \(printable(probe.answer))"))
            }
        }
    }

    @Test("The mail has six header lines, whatever a machine calls itself, and its lines stay within a mail's")
    func mail() throws {
        for report in try samples() {
            let lines = try read(report, as: "bug", script: "read_mail")
            let header = lines.prefix { !$0.hasPrefix("|") }
            #expect(
                header.map { $0.prefix { $0 != ":" } } == [
                    "To", "Cc", "Subject", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
                ])
            #expect(header.allSatisfy { $0.count <= 110 })
            let subject = try #require(header.first { $0.hasPrefix("Subject: ") })
            #expect(subject.dropFirst("Subject: ".count).count < 75, "\(subject)")
            // The empty line between header and body is not among them.
            #expect(lines.count < 45, "\(lines.count)")
            // What is to be copied keeps its line, and so does a word that is too long for one.
            for line in lines.dropFirst(6) where !line.hasPrefix("|     ") && line.contains(" ") {
                #expect(line.count <= 74 || line.split(separator: " ").contains { $0.count > 40 }, "\(line)")
            }
        }
        let report = try SampleReports.read(SampleReports.faulty)
        let lines = try read(report, as: "bug", script: "read_mail")
        let text = lines.joined(separator: "\n")
        for fact in [
            "Subject: perf: 10 branches lost per PMI on all counters (5.10, Skylake)",
            "* Linux 5.10.0-46-cloud-amd64, #1 SMP Debian 5.10.262-1",
            "tainted: no", "perf_v4_pmi=1", "microcode 0x1", "truecount diagnose --cpu 0 --seed 1266632726",
            "    taskset -c 0 perf record -o /dev/null -e r1c4:u -c 1000000000000 -- perf stat -e r1c4:u -- truecount workload tight-loop 17000000",
            " -c 16593 -- perf stat -e r1c4:u -- truecount workload tight-loop 17000000",
        ] {
            #expect(text.contains(fact), "\(fact)")
        }
        let places = ["counted alone ", "with PMIs ", "bystander of it ", "Reproduce", "Machine:"].map { start in
            lines.firstIndex { $0.contains(start) }
        }
        #expect(!places.contains(nil) && places.compactMap(\.self) == places.compactMap(\.self).sorted(), "\(text)")
    }

    @Test("What no maintainer should get says so first, in the subject and in the body")
    func notToBeSent() throws {
        for (report, word) in [
            (try samples()[4], "INDUCED"), (try #require(samples().first { $0.source == .simulated }), "SIMULATED"),
        ] {
            let lines = try read(report, as: "bug", script: "read_mail")
            #expect(lines.contains { $0.hasPrefix("Subject: do not send: ") })
            #expect(lines.first { $0.hasPrefix("|") }?.hasPrefix("| * DO NOT SEND: \(word)") == true, "\(lines)")
        }
        for report in try samples() where report.induced == nil && report.source == .hardware {
            #expect(!(try read(report, as: "bug", script: "read_mail")).joined().contains("DO NOT SEND"))
        }
    }

    @Test("With an accurate report of another kernel the mail is a regression's, as regzbot wants it")
    func regression() throws {
        var good = try SampleReports.read("\(SampleReports.root)/results/lab/5.10.262-v4pmi-off.json")
        let (json, output) = (temporaryPath("good.json"), temporaryPath("mail"))
        defer {
            unlink(json)
            unlink(output)
        }
        good.scope.kernel = "5.9.16-amd64"
        write(String(decoding: try ReportJSON.encode(good), as: UTF8.self), to: json)
        _ = try Program.truecount.run(
            ["report", SampleReports.faulty, "--format", "bug", "--baseline", json, "--output", output])
        let lines = try ParserEnvironment.run("read_mail", output).output.split(separator: "\n")
        #expect(lines.contains("| #regzbot introduced: v5.9.16..v5.10"))
        #expect(lines.count < 45)
        #expect(lines.contains { $0.hasPrefix("Subject: [REGRESSION] perf: ") && $0.count < 84 })
        #expect(lines.contains { $0.hasPrefix("Cc: ") && $0.contains("regressions@lists.linux.dev") })
    }

    @Test("A baseline that shows no regression is an error, which says why, and nothing is written")
    func uselessBaseline() throws {
        let lab = "\(SampleReports.root)/results/lab"
        let accurate = "\(lab)/5.10.262-v4pmi-off.json"
        for (report, baseline, format, reason) in [
            (SampleReports.faulty, accurate, "bug", "the baseline is of the same kernel (5.10.0-46-cloud-amd64)"),
            (SampleReports.faulty, "\(lab)/6.12.95-drop13.json", "bug", "the baseline is faulty, not accurate"),
            (SampleReports.faulty, SampleReports.kept[4], "bug", "the baseline is no plain report of a core PMU"),
            (SampleReports.faulty, SampleReports.kept[5], "bug", "the baseline is no plain report of a core PMU"),
            (accurate, "\(lab)/6.12.95-freeze-not-asked.json", "bug", "the report shows no fault of a core PMU"),
            (SampleReports.faulty, accurate, "text", "--baseline is for the format bug alone"),
        ] {
            let outcome = try Program.truecount.run(["report", report, "--format", format, "--baseline", baseline])
            #expect(outcome.termination == .exited(64) && outcome.output.isEmpty)
            #expect(outcome.errorLines.count == 1 && outcome.errors.contains(reason), "\(outcome.errors)")
        }
    }

    @Test("JUnit has times, and the host of a fresh diagnosis; a finding has its unit and its frequency")
    func junit() throws {
        let path = temporaryPath("junit.xml")
        defer { unlink(path) }
        let diagnosis = [
            "diagnose", "--quick", "--pmu", "simulated:skylake-4.20", "--format", "junit", "--output", path,
        ]
        let name = try Program(path: "/bin/uname").run(["-n"]).output.split(separator: "\n").first
        for (options, isNamed) in [([], true), (["--redact"], false)] {
            #expect(try Program.truecount.run(diagnosis + options).termination == .exited(1))
            let suite = try #require(lines(ofFile: path).first { $0.contains("<testsuite ") })
            #expect(suite.contains("hostname=\"\(try #require(name))\"") == isNamed, "\(suite)")
        }
        let kept = try Program.truecount.run(["report", SampleReports.faulty, "--format", "junit"]).output
        #expect(!kept.contains("hostname="))
        let failure = try #require(kept.split(separator: "\n").first { $0.contains("<failure ") })
        #expect(
            failure.contains(
                "message=\"freeze-on-pmi: 10 branches lost at each PMI, on every counter of this CPU; struck "))
        #expect(failure.contains(" PMIs\""))
        let cases = kept.split(separator: "\n").filter {
            $0.contains("<testcase ") && $0.contains("\"uninterrupted-exactness\"")
        }
        #expect(cases.count == 1 && !cases[0].contains("time=\"0.000\""))
    }

    @Test("A step of GitHub Actions gives the annotations of its findings, and no other command")
    func github() throws {
        for report in try samples() {
            let commands = try read(report, as: "github")
            let faults = report.findings.filter(\.isReproduced)
            let level = report.verdict == .inconclusive ? "warning" : "notice"
            let word = report.verdict.rawValue.uppercased()
            let expected =
                report.verdict == .faulty
                ? faults.map { "error title=truecount \(word): \($0.fault.rawValue) '" }
                : ["\(level) title=truecount: \(word) '"]
            #expect(commands.count == expected.count + 2)
            for (command, beginning) in zip(commands, expected) {
                #expect(command.replacing("SIMULATED ", with: "").replacing("\"", with: "'").hasPrefix(beginning))
            }
            #expect(commands.suffix(2).map { $0.prefix { $0 != " " } } == ["group", "endgroup"])
        }
    }

    @Test(
        "The kernel's own kunit.py finds the same tests as the checker",
        .enabled(if: kernelTree != nil, "set TRUECOUNT_KERNEL_TREE to a kernel source that has tools/testing/kunit"))
    func kunit() throws {
        let tool = "\(try #require(Self.kernelTree))/tools/testing/kunit/kunit.py"
        for report in try samples() {
            let path = temporaryPath("ktap")
            defer { unlink(path) }
            write(try #require(ReportFormat.named("ktap")).render(report), to: path)
            let outcome = try Program(path: "python3").run([tool, "parse", path])
            let points = SampleReports.points(report).map { $0.split(separator: " ")[1] }
            let words = [("passed", ["pass"]), ("failed", ["fail", "error"]), ("skipped", ["skip"])]
            let counts = words.map { word, outcomes in (word, points.count { outcomes.contains(String($0)) }) }
                .filter { $0.1 > 0 }.map { "\($0.0): \($0.1)" }.joined(separator: ", ")
            #expect(outcome.output.contains("Ran \(points.count) tests: \(counts)"), "\(outcome.output)")
        }
    }

    private static let kernelTree = getenv("TRUECOUNT_KERNEL_TREE").map { String(cString: $0) }

    @Test("A parser that is handed something else says so: these tests can fail")
    func parsersRefuse() throws {
        let path = temporaryPath("nonsense")
        defer { unlink(path) }
        write("TAP version 14\n1..2\nok 1 - a\nnot a line\n", to: path)
        for script in ["tap", "ktap", "junit", "lava", "kcidb"] {
            #expect(try ParserEnvironment.run("read_\(script)", path).termination != .exited(0), "\(script)")
        }
    }

    private func samples() throws -> [Report] { try Self.made.get() }

    private static let made = Result {
        let simulated = try Program.truecount.run(
            ["diagnose", "--quick", "--pmu", "simulated:skylake-4.20", "--seed", "7", "--format", "json"])
        let reports =
            try SampleReports.kept.map(SampleReports.read)
            + [ReportFile.decode(Array(simulated.output.utf8), name: "simulated"), SampleReports.hostile()]
        return reports.map { report in
            // No format but JSON shows more runs.
            var report = report
            report.runs = Array(report.runs.prefix(60))
            for index in report.runs.indices { report.runs[index].ledger = nil }
            for index in report.findings.indices { report.findings[index].runs.removeAll { $0 >= 60 } }
            return report
        }
    }

    /// The lines that a parser prints of a report that the program has written in its world's format.
    private func read(_ report: Report, as format: String, script: String? = nil) throws -> [String] {
        let (json, output) = (temporaryPath("report.json"), temporaryPath("output"))
        defer {
            unlink(json)
            unlink(output)
        }
        write(String(decoding: try ReportJSON.encode(report), as: UTF8.self), to: json)
        let written = try Program.truecount.run(["report", json, "--format", format, "--output", output])
        #expect(written.termination == .exited(0) && written.errors.isEmpty, "\(written.errors)")
        let parsed = try ParserEnvironment.run(script ?? "read_\(format)", output)
        #expect(parsed.termination == .exited(0), "\(format): \(parsed.errors)")
        return parsed.output.split(separator: "\n").map(String.init)
    }

    /// Text without what is not seen: the marks that break a link, and blanks at the ends.
    private func seen(_ text: String) -> [Substring] {
        text.filter { $0 != "\u{2060}" }.split(separator: " ")
    }
}
