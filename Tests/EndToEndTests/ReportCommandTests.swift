import Diagnosis
import Glibc
import Reporting
import Testing

@Suite("truecount report")
struct ReportCommandTests {
    @Test("From its JSON a report is shown as the diagnosis itself showed it, also through a pipe")
    func sameText() throws {
        let (json, text) = (temporaryPath("r.json"), temporaryPath("r.txt"))
        defer {
            unlink(json)
            unlink(text)
        }
        let live = try Program.truecount.run(
            [
                "diagnose", "--quick", "--pmu", "simulated:skylake-4.20", "--report", "json=\(json)", "--report",
                "text=\(text)",
            ])
        #expect(live.termination == .exited(1) && live.errors.isEmpty)
        let shown = try Program.truecount.run(["report", json])
        #expect(shown.termination == .exited(0))
        #expect(shown.output == live.output)
        #expect(try SampleReports.text(text) == live.output)
        let piped = try Program(path: "/bin/sh").run(
            ["-c", "\"$1\" report - --format text < \"$2\"", "sh", Program.truecount.path, json])
        #expect(piped.output == live.output)
    }

    @Test("The JSON that it writes is the JSON that it read")
    func sameJSON() throws {
        let original = try SampleReports.text(SampleReports.faulty)
        let outcome = try Program.truecount.run(["report", SampleReports.faulty, "--format", "json"])
        #expect(outcome.output == original)
    }

    @Test(
        "What is no report, is half of one or of a later version gets one clear line, and exit code 74",
        arguments: [
            ("", "it is empty"), ("   \n", "it is empty"), ("hello", "it is not JSON"), ("[1]", "it is not JSON"),
            ("{\"a\": ", "it is truncated"), ("{\"a\": \"b", "it is truncated"), ("{}}", "it is not JSON"),
            ("{\"a\": b}", "it is not JSON"), ("{\"a\": 1}", "no report of truecount's"),
            (
                "{\"schemaVersion\": 1, \"tool\": {\"name\": \"truecount\", \"version\": \"1\"}}",
                "no report of a diagnosis"
            ),
            (
                "{\"schemaVersion\": 3, \"tool\": {\"name\": \"truecount\", \"version\": \"9.0.0\\u001b[2J\"}}",
                "written by truecount 9.0.0?[2J in format 3"
            ),
            ("{\"schemaVersion\": 1e99}", "it is JSON, but no report of truecount's"),
            ("{\"schemaVersion\": 1.5}", "it is JSON, but no report of truecount's"),
            ("{\"schemaVersion\": 99999999999999999999}", "it is JSON, but no report of truecount's"),
            ("{\"schemaVersion\": \"1\"}", "schemaVersion is of another type"),
            (
                "{\"schemaVersion\": 1, \"tool\": {\"name\": \"a\", \"version\": \"b\"}, \"verdict\": \"faulty\"}",
                "is missing"
            ),
            ("{\"a\": \"\u{FFFD}\u{0}\"}", "no report of truecount's"),
        ])
    func bad(contents: String, message: String) throws {
        let path = temporaryPath("bad.json")
        defer { unlink(path) }
        write(contents, to: path)
        try expectRefusal(path, message)
    }

    @Test("Depths that would end a decoder's stack are refused", arguments: ["{\"a\":", "["])
    func deep(level: String) throws {
        let path = temporaryPath("deep.json")
        defer { unlink(path) }
        write("{\"a\":" + String(repeating: level, count: 1_000_000), to: path)
        try expectRefusal(path, "nested more than 32 deep")
    }

    @Test(
        "A file that is not there, a folder, or endless input is refused alike",
        arguments: [
            ("/nonexistent/report.json", "No such file or directory"), ("/", "Is a directory"),
            ("/dev/null", "it is empty"), ("/dev/zero", "it is larger than 256 MiB"),
        ])
    func unreadable(path: String, message: String) throws { try expectRefusal(path, message) }

    @Test("A fault of a later truecount is named, and nothing is guessed of it")
    func unknownFault() throws {
        let path = temporaryPath("later.json")
        defer { unlink(path) }
        let text = try SampleReports.text(SampleReports.faulty)
        write(text.replacing("\"fault\": \"freeze-on-pmi\"", with: "\"fault\": \"gamma-rays\""), to: path)
        let outcome = try Program.truecount.run(["report", path])
        #expect(outcome.termination == .exited(0) && outcome.errors.isEmpty)
        let shown = outcome.output.split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }
        #expect(shown.contains { $0.hasPrefix("FAULTY · gamma-rays: 10 counts lost at each PMI") })
        #expect(shown.last?.hasPrefix("A later truecount than this ") == true)
        #expect(!outcome.output.contains("truecount explain"))
    }

    @Test("The reproducing command is one that a shell takes apart into what was typed")
    func reproduce() throws {
        let report = try SampleReports.hostile()
        let command = ReportedCommands(report).reproduce
        let words = try Program(path: "/bin/sh").run(["-c", "set -- \(command); printf '%s\\n' \"$@\""])
        let expected = ["truecount"] + report.arguments.map(printable) + ["--cpu", "0", "--seed", String(report.seed)]
        #expect(words.output == expected.map { "\($0)\n" }.joined())
        #expect(words.errors.isEmpty)
    }

    @Test("The reproducing command makes the same runs in the same order")
    func reproduced() throws {
        let options = ["diagnose", "--quick", "--pmu", "simulated:skylake-4.20,skid=5-40", "--format", "json"]
        let first = try ReportFile.decode(Array(try Program.truecount.run(options).output.utf8), name: "first")
        let command = try #require(first.commands?.reproduce)
        let script = "set -- \(command); shift; exec \"$0\" \"$@\" --format json"
        let again = try Program(path: "/bin/sh").run(["-c", script, Program.truecount.path])
        let second = try ReportFile.decode(Array(again.output.utf8), name: "second")
        #expect(second.runs == first.runs && second.findings == first.findings)
    }

    @Test("In GitHub Actions the page goes to the step's summary, behind what is there")
    func stepSummary() throws {
        let path = temporaryPath("summary.md")
        defer { unlink(path) }
        write("before\n", to: path)
        let outcome = try Program.truecount.run(
            ["report", SampleReports.faulty, "--format", "github"], environment: ["GITHUB_STEP_SUMMARY": path])
        #expect(outcome.output.hasPrefix("::error title=truecount FAULTY%3A freeze-on-pmi::"))
        #expect(lines(ofFile: path).prefix(2) == ["before", "## truecount: FAULTY"])
    }

    @Test("The list of formats is what --format takes, and each renders a report")
    func formats() throws {
        let listed = try Program.truecount.run(["list", "formats"]).output.split(separator: "\n")
            .map { String($0.prefix { $0 != " " }) }
        #expect(listed.contains("kcidb") && listed.count >= 10)
        for format in listed {
            let outcome = try Program.truecount.run(["report", SampleReports.faulty, "--format", format])
            #expect(outcome.termination == .exited(0) && !outcome.output.isEmpty && outcome.output.hasSuffix("\n"))
        }
    }

    private func expectRefusal(_ path: String, _ message: String) throws {
        let outcome = try Program.truecount.run(["report", path])
        #expect(outcome.termination == .exited(74))
        #expect(outcome.output.isEmpty && outcome.errorLines.count == 1)
        #expect(outcome.errors.hasPrefix("truecount: cannot read \(path): "))
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(outcome.errors.utf8.count < 400)
    }
}
