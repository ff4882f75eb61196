import Foundation
import Glibc
import Reporting
import Testing

@Suite("truecount compare --fleet")
struct FleetTests {
    private static let lab = "\(SampleReports.root)/results/lab"

    /// A simulated diagnosis, written down for many machines of a few kernels.
    private static func generate(_ count: Int, in folder: String) throws {
        for (preset, name) in [("healthy-skylake", "good"), ("skylake-4.20", "bad")] {
            let outcome = try Program.truecount.run(
                ["diagnose", "--quick", "--pmu", "simulated:\(preset)", "--seed", "7", "--format", "json"])
            for index in 0..<count {
                mkdir("\(folder)/\(index % 3)", 0o700)
                let text = outcome.output.replacing(
                    #""kernel": "SIMULATED""#, with: "\"kernel\": \"SIMULATED 6.\(index % 5)\"")
                write(text, to: "\(folder)/\(index % 3)/\(name)-\(index).json")
            }
        }
    }

    @Test("Every report of a tree is counted, worst first; what is no report is named and ends nothing")
    func tree() throws {
        let temporary = try TemporaryFolder()
        let folder = temporary.path
        try Self.generate(10, in: folder)
        write("{\"schemaVersion\": 1", to: "\(folder)/cut.json")
        write("[]", to: "\(folder)/1/other.json")
        write("no report", to: "\(folder)/notes.txt")
        #expect(symlink("/nonexistent", "\(folder)/dangling.json") == 0)
        #expect(symlink(folder, "\(folder)/2/circle") == 0)
        #expect(mkfifo("\(folder)/pipe.json", 0o600) == 0)
        let outcome = try Program.truecount.run(["compare", "--fleet", folder])
        #expect(outcome.termination == .exited(0) && outcome.errors.isEmpty)
        let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(
            lines[0] == "20 reports in 10 groups: 20 simulated or made on purpose; 3 files or lines could not be read")
        #expect(lines[2].hasPrefix("SIMULATED FAULTY · ") && lines[3] == "  2 faulty")
        #expect(lines[4].hasPrefix("  freeze-on-pmi in 2 reports: median "))
        #expect(lines[5] == "    bad-0" && lines[6] == "    bad-5")
        let headings = lines.filter { $0.hasPrefix("SIMULATED ") }
        #expect(headings.count == 10 && headings.prefix(5).allSatisfy { $0.hasPrefix("SIMULATED FAULTY") })
        for name in ["cut.json: it is truncated", "1/other.json: it is not JSON", "dangling.json: No such file"] {
            #expect(lines.contains { $0.contains("cannot read \(folder)/\(name)") }, "\(name)")
        }
        let again = try Program.truecount.run(["compare", "--fleet", folder])
        #expect(again.output == outcome.output)
    }

    @Test("Reports, their summaries in a file, in a folder and on standard input, and both in turn, give one page")
    func summaries() throws {
        let folder = try TemporaryFolder()
        let whole = try Program.truecount.run(["compare", "--fleet", Self.lab, "--format", "json"])
        let made = try Program.truecount.run(["compare", "--fleet", Self.lab, "--format", "summary"])
        #expect(whole.termination == .exited(0) && made.termination == .exited(0))
        // Their index is no report, and the only one that is none.
        #expect(made.errorLines.count == 1 && made.errors.contains("index.json: it is JSON, but no report"))
        let reports = try FleetFiles.find(in: Self.lab).count { !$0.hasSuffix("/index.json") }
        let lines = made.output.split(separator: "\n")
        #expect(lines.count == reports && lines.allSatisfy { $0.utf8.count < 2048 })
        #expect(whole.output.contains("\"reports\": \(reports),"))
        try folder.add("fleet.jsonl", made.output)
        try folder.add("one.json", String(lines[0]))
        try folder.add("others.ndjson", "\r\n" + lines.dropFirst().joined(separator: "\r\n"))
        let pages = try [
            Program.truecount.run(["compare", "--fleet", "\(folder.path)/fleet.jsonl", "--format", "json"]),
            Program(path: "sh").run(
                ["-c", "exec \"$0\" compare --fleet - --format json < \"$1\"", Program.truecount.path]
                    + ["\(folder.path)/fleet.jsonl"]),
            Program.truecount.run(
                ["compare", "--fleet", "\(folder.path)/one.json", "\(folder.path)/others.ndjson", "--format", "json"]),
        ]
        func groups(_ text: String) -> Substring {
            text.prefix(upTo: text.firstRange(of: "\"unreadable")?.lowerBound ?? text.endIndex)
        }
        for page in pages {
            #expect(page.termination == .exited(0) && page.errors.isEmpty, "\(page.errors)")
            #expect(groups(page.output) == groups(whole.output))
            #expect(page.output.contains("\"unreadableCount\": 0"))
        }
        unlink("\(folder.path)/one.json")
        unlink("\(folder.path)/others.ndjson")
        #expect(
            try Program.truecount.run(["compare", "--fleet", folder.path, "--format", "json"]).output
                == pages[0].output)
    }

    @Test("A damaged line, one of a later format, and one that is no summary are named by their number")
    func lines() throws {
        let folder = try TemporaryFolder()
        let line = try Program.truecount.run(["report", SampleReports.faulty, "--format", "summary"]).output
        #expect(line.contains(#""machine":"5.10.262-v4pmi-on-skid10""#) && line.contains(#""exitCode":1"#))
        let path = "\(folder.path)/f.jsonl"
        try folder.add(
            "f.jsonl",
            line.dropLast(20) + "\n" + line + line.replacing("\"summaryVersion\":1", with: "\"summaryVersion\":2")
                + "{}\nno JSON\n" + line.replacing("\"faulty\"", with: "\"perfect\"") + line)
        let outcome = try Program.truecount.run(["compare", "--fleet", path])
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines[0] == "2 reports in 1 group: 2 faulty; 5 files or lines could not be read", "\(outcome.output)")
        #expect(
            lines.suffix(5) == [
                "cannot read \(path), line 1: it is truncated: it ends within the summary",
                "cannot read \(path), line 3: it is a summary of another format than 1, which this truecount reads",
                "cannot read \(path), line 4: it is JSON, but no report of truecount's",
                "cannot read \(path), line 5: it is not JSON",
                "cannot read \(path), line 6: verdict has a value that truecount 0.1.0 does not know",
            ], "\(outcome.output)")
    }

    @Test("Mistakes are mistakes, and a folder without a report is no fleet")
    func refused() throws {
        let temporary = try TemporaryFolder()
        let folder = temporary.path
        for arguments in [["--fleet"], [], ["--fleet", "-", "-"], ["a", "b", "--format", "summary"]] {
            let outcome = try Program.truecount.run(["compare"] + arguments)
            #expect(outcome.termination == .exited(64) && outcome.errorLines.count == 1, "\(outcome.errors)")
        }
        for path in [folder, "\(folder)/nowhere", "-"] {
            for format in ["text", "summary"] {
                let outcome = try Program.truecount.run(["compare", "--fleet", path, "--format", format])
                #expect(outcome.termination == .exited(74) && outcome.errorLines.count == 1, "\(outcome.errors)")
                #expect(outcome.output.isEmpty)
            }
        }
    }
}
