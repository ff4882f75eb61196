import Testing

@Suite("What is said of a report in a file")
struct AnnouncementTests {
    private let quick = ["diagnose", "--quick", "--pmu", "simulated:skylake-4.20", "--seed", "1"]

    @Test("The verdict, the first reason and the files go to standard error", arguments: ["-o", "--output"])
    func told(option: String) throws {
        let folder = try TemporaryFolder()
        let (json, junit) = ("\(folder.path)/r.json", "\(folder.path)/r.xml")
        let outcome = try Program.truecount.run(
            quick + ["--format", "json", option, json, "--report", "junit=\(junit)"])
        #expect(outcome.termination == .exited(1) && outcome.output.isEmpty)
        #expect(outcome.errorLines.count == 3)
        let first = outcome.errorLines.first ?? ""
        #expect(first.hasPrefix("SIMULATED FAULTY · freeze-on-pmi"), "\(first)")
        #expect(outcome.errorLines.dropFirst() == ["wrote \(json)", "wrote \(junit)"])
        #expect(try folder.files() == ["r.json", "r.xml"])
    }

    @Test(
        "Nothing is said beside a report on standard output",
        arguments: [[], ["--output", "-"], ["-o", "/dev/stdout"]])
    func silent(options: [String]) throws {
        let outcome = try Program.truecount.run(quick + options)
        #expect(outcome.termination == .exited(1) && outcome.errors.isEmpty && !outcome.output.isEmpty)
    }

    @Test("What could not be written is not called written")
    func unwritten() throws {
        let outcome = try Program.truecount.run(quick + ["--output", "/dev/full"])
        #expect(outcome.termination == .exited(74) && !outcome.errors.contains("wrote"), "\(outcome.errors)")
    }
}
