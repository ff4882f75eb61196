import Glibc
import Reporting
import Testing

@Suite("truecount compare and truecount gate")
struct ReportGateTests {
    private static let (good, bad) = (
        "\(SampleReports.root)/results/lab/5.10.262-v4pmi-off.json", SampleReports.faulty
    )

    @Test("Two kernels of the lab: the fault first, then the boot parameter that made it")
    func compare() throws {
        let outcome = try Program.truecount.run(["compare", Self.good, Self.bad])
        #expect(outcome.termination == .exited(0) && outcome.errors.isEmpty)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines[0].hasPrefix("\(Self.bad): FAULTY · freeze-on-pmi: 10 branches lost at each PMI"))
        #expect(lines[3].hasPrefix("  worse: new fault freeze-on-pmi: 10 branches lost"))
        #expect(lines.contains("  different: boot parameter perf_v4_pmi: 0 → 1"))
        #expect(lines.contains("  different: freezes counters on PMI: no → yes"))
    }

    @Test(
        "Its Markdown shows hostile names as they are",
        .enabled(if: ParserEnvironment.python != nil, Comment(rawValue: ParserEnvironment.reason)))
    func markdown() throws {
        let (hostile, output) = (temporaryPath("a|b`<b>.json"), temporaryPath("compared.md"))
        defer {
            unlink(hostile)
            unlink(output)
        }
        write(String(decoding: try ReportJSON.encode(SampleReports.hostile()), as: UTF8.self), to: hostile)
        let written = try Program.truecount.run(
            ["compare", Self.good, hostile, "--format", "markdown", "--output", output])
        #expect(written.termination == .exited(0))
        let parsed = try ParserEnvironment.run("read_markdown", output)
        #expect(parsed.termination == .exited(0), "\(parsed.errors)")
        #expect(parsed.output.contains("td \(hostile)"))
    }

    @Test("What cannot be compared is a mistake, or an unreadable report")
    func refused() throws {
        #expect(try Program.truecount.run(["compare", Self.good]).termination == .exited(64))
        #expect(try Program.truecount.run(["compare", "-", "-"]).termination == .exited(64))
        let missing = try Program.truecount.run(["compare", Self.good, "/nonexistent"])
        #expect(missing.termination == .exited(74) && missing.errorLines.count == 1)
    }

    @Test("The gate diagnoses, decides, and names its reason first", arguments: [true, false])
    func gate(isHealthy: Bool) throws {
        let (baseline, kept) = (temporaryPath("baseline.json"), temporaryPath("kept.json"))
        defer {
            unlink(baseline)
            unlink(kept)
        }
        let healthy = ["--quick", "--pmu", "simulated:healthy-skylake"]
        _ = try Program.truecount.run(["diagnose", "--format", "json", "--output", baseline] + healthy)
        let model = isHealthy ? healthy : ["--quick", "--pmu", "simulated:skylake-4.20"]
        let outcome = try Program.truecount.run(
            ["gate", "--baseline", baseline, "--"] + model + ["--report", "json=\(kept)"])
        #expect(outcome.termination == .exited(isHealthy ? 0 : 1))
        #expect(outcome.output.hasPrefix(isHealthy ? "GATE PASSED · " : "GATE FAILED · new fault freeze-on-pmi: "))
        #expect(try ReportFile.read(kept).arguments == ["diagnose"] + model + ["--report", "json=\(kept)"])
        let bisect = try Program.truecount.run(
            ["gate", "--exit-codes", "bisect", "--baseline", baseline, "--"] + model)
        #expect(bisect.termination == .exited(isHealthy ? 0 : 1))
    }

    @Test("A policy lets a named fault through, until its day is past")
    func policy() throws {
        let path = temporaryPath("policy.json")
        defer { unlink(path) }
        for (day, code) in [("9999-12-31", Int32(0)), ("2020-01-01", 1)] {
            write(#"{"accept": [{"fault": "freeze-on-pmi", "until": "\#(day)", "because": "known"}]}"#, to: path)
            let outcome = try Program.truecount.run(
                ["gate", "--baseline", Self.good, "--current", Self.bad, "--policy", path])
            #expect(outcome.termination == .exited(code))
            #expect(outcome.output.contains(day))
        }
        write("{}", to: path)
        let outcome = try Program.truecount.run(
            ["gate", "--baseline", Self.good, "--current", Self.bad, "--policy", path])
        #expect(outcome.termination == .exited(74) && outcome.output.isEmpty && outcome.errorLines.count == 1)
    }

    @Test("Mistakes in what stands behind -- are mistakes in the command line")
    func mistakes() throws {
        for arguments in [["--", "--quic"], ["--", "--format", "json"], ["--current", Self.good, "--", "--quick"]] {
            let outcome = try Program.truecount.run(["gate", "--baseline", Self.good] + arguments)
            #expect(outcome.termination == .exited(64) && outcome.errorLines.count == 1, "\(outcome.errors)")
        }
    }
}
