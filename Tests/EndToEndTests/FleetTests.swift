import Glibc
import Measurement
import Reporting
import Testing

@Suite("truecount compare --fleet")
struct FleetTests {
    /// A folder that is taken away again with all that is in it.
    private static func withFolder(_ body: (String) throws -> Void) throws {
        let folder = temporaryPath("fleet")
        #expect(mkdir(folder, 0o700) == 0)
        defer { _ = try? Program(path: "rm").run(["-rf", folder]) }
        try body(folder)
    }

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
        try Self.withFolder { folder in
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
            #expect(lines[0] == "20 reports in 10 groups: 20 simulated or made on purpose; 3 files could not be read")
            #expect(lines[2].hasPrefix("SIMULATED FAULTY · ") && lines[3] == "  2 faulty")
            #expect(lines[4].hasPrefix("  freeze-on-pmi in 2 reports: median "))
            let headings = lines.filter { $0.hasPrefix("SIMULATED ") }
            #expect(headings.count == 10 && headings.prefix(5).allSatisfy { $0.hasPrefix("SIMULATED FAULTY") })
            for name in ["cut.json: it is truncated", "1/other.json: it is not JSON", "dangling.json: No such file"] {
                #expect(lines.contains { $0.contains("cannot read \(folder)/\(name)") }, "\(name)")
            }
            let again = try Program.truecount.run(["compare", "--fleet", folder])
            #expect(again.output == outcome.output)
        }
    }

    @Test("The folder's own reports give the same whether streamed or read in whole")
    func committed() throws {
        let lab = "\(SampleReports.root)/results/lab"
        let outcome = try Program.truecount.run(["compare", "--fleet", lab, "--format", "json"])
        #expect(outcome.termination == .exited(0))
        let text = outcome.output.filter { $0 != " " && $0 != "\n" }
        let paths = try FleetFiles.find(in: lab).filter { !$0.hasSuffix("/index.json") }
        let reports = try paths.map { try ReportFile.read($0) }
        #expect(text.hasPrefix("{\"schemaVersion\":2,") && text.contains("\"reports\":\(reports.count),\"groups\""))
        let kernels = Set(reports.map(\.scope.kernel))
        for kernel in kernels { #expect(text.contains("\"kernel\":\"\(kernel)\"")) }
        #expect(text.contains("index.json:itisJSON"))
    }

    @Test("Mistakes are mistakes, and a folder without a report is no fleet")
    func refused() throws {
        try Self.withFolder { folder in
            for arguments in [["--fleet", folder, "a.json", "b.json"], ["--fleet"], []] {
                let outcome = try Program.truecount.run(["compare"] + arguments)
                #expect(outcome.termination == .exited(64) && outcome.errorLines.count == 1, "\(outcome.errors)")
            }
            for path in [folder, "\(folder)/nowhere"] {
                let outcome = try Program.truecount.run(["compare", "--fleet", path])
                #expect(outcome.termination == .exited(74) && outcome.errorLines.count == 1, "\(outcome.errors)")
                #expect(outcome.output.isEmpty)
            }
        }
    }
}
