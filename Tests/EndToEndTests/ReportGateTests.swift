import Diagnosis
import Glibc
import Measurement
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

    /// The gate on two kept reports.
    private func gate(_ baseline: String, _ current: String, _ options: String...) throws -> ProgramOutcome {
        try Program.truecount.run(["gate", "--baseline", baseline, "--current", current] + options)
    }

    private static func lab(_ name: String) -> String { "\(SampleReports.root)/results/lab/\(name).json" }

    @Test("The gate diagnoses this machine, decides, and keeps the report")
    func diagnosing() throws {
        let folder = try TemporaryFolder()
        let (baseline, kept) = ("\(folder.path)/baseline.json", "\(folder.path)/kept.json")
        _ = try Program.truecount.run(["diagnose", "--quick", "--format", "json", "--output", baseline])
        let outcome = try Program.truecount.run(
            ["gate", "--baseline", baseline, "--", "--quick", "--report", "json=\(kept)"])
        let (before, report) = (try ReportFile.read(baseline), try ReportFile.read(kept))
        #expect(report.arguments == ["diagnose", "--quick", "--report", "json=\(kept)"])
        let words: [Verdict: String] = [.accurate: "PASSED", .faulty: "FAILED"]
        let wasAnswered = words[before.verdict] != nil
        let word = words[report.verdict] ?? (wasAnswered ? "FAILED" : "INCONCLUSIVE")
        let kernel = "Linux \(before.scope.kernel) → \(report.scope.kernel) on \(report.scope.cpu)"
        #expect(outcome.output.hasPrefix(kernel) && outcome.output.contains(" · GATE \(word) · "), "\(outcome.output)")
        let isOpen = word == "INCONCLUSIVE"
        #expect(outcome.termination == .exited(isOpen ? report.verdict.exitCode : word == "PASSED" ? 0 : 1))
    }

    @Test("A simulated PMU is no machine: neither to be compared with, nor to pass")
    func simulated() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/simulated.json"
        let healthy = ["--quick", "--pmu", "simulated:healthy-skylake"]
        _ = try Program.truecount.run(["diagnose", "--format", "json", "--output", path] + healthy)
        let baseline = try gate(path, Self.good)
        #expect(baseline.termination == .exited(64) && baseline.output.isEmpty)
        #expect(baseline.errorLines.count == 1 && baseline.errors.contains("is no baseline: it is of a simulated PMU"))
        let current = try Program.truecount.run(["gate", "--baseline", Self.good, "--"] + healthy)
        #expect(current.termination == .exited(3) && current.output.contains("GATE INCONCLUSIVE · this report is of"))
        let bisect = try Program.truecount.run(
            ["gate", "--exit-codes", "bisect", "--baseline", Self.good, "--"] + healthy)
        #expect(bisect.termination == .exited(125))
    }

    @Test("A diagnosis limited by --probe is no baseline; one of all arms is")
    func limited() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/limited.json"
        for (probe, codes) in [("pmi-totals", [Int32(64)]), ("arms", [3])] {
            _ = try Program.truecount.run(
                ["diagnose", "--quick", "--probe", probe, "--format", "json", "--output", path])
            let outcome = try gate(path, Self.bad)
            #expect(codes.contains { outcome.termination == .exited($0) }, "\(outcome.output)\(outcome.errors)")
            #expect(probe == "arms" || outcome.errors.contains("--probe left out what a verdict rests on"))
        }
    }

    @Test("A positive control whitelists nothing, and no report passes that says something else than its runs")
    func refusals() throws {
        let induced = try gate(Self.lab("6.12.95-induced"), Self.bad)
        #expect(induced.termination == .exited(64) && induced.output.isEmpty)
        #expect(
            induced.errors
                == "truecount: \(Self.lab("6.12.95-induced")) is no baseline: truecount made its fault itself "
                + "(--induce). Make one with truecount diagnose --format json --output FILE\n")
        let path = temporaryPath("edited.json")
        defer { unlink(path) }
        let edits: [(inout Report) -> Void] = [
            { $0.findings = [] }, { ($0.verdict, $0.findings) = (.accurate, []) },
            { ($0.verdict, $0.findings, $0.runs) = (.accurate, [], []) },
        ]
        for edit in edits {
            var report = try ReportFile.read(Self.bad)
            edit(&report)
            write(String(decoding: try ReportJSON.encode(report), as: UTF8.self), to: path)
            for (baseline, current) in [(Self.good, path), (path, Self.good)] {
                let outcome = try gate(baseline, current)
                #expect(outcome.termination == .exited(64) && outcome.output.isEmpty)
                #expect(outcome.errorLines.count == 1 && outcome.errors.contains("\(path) does not add up: it says "))
            }
        }
    }

    @Test("A fault fails against a baseline that has it, and passes only by an entry of the policy that holds")
    func policy() throws {
        #expect(try gate(Self.bad, Self.bad).termination == .exited(1))
        let path = temporaryPath("policy.json")
        defer { unlink(path) }
        func entry(_ day: String, _ atMost: Int, _ fault: String = "freeze-on-pmi") -> String {
            #"{"fault": "\#(fault)", "until": "\#(day)", "atMost": \#(atMost), "because": "known"}"#
        }
        let rows: [(entries: [String], code: Int32)] = [
            ([entry("9999-12-31", 10)], 0), ([entry("2020-01-01", 10)], 1), ([entry("9999-12-31", 9)], 1),
            ([entry("2020-01-01", 10), entry("9999-12-31", 10)], 0), ([], 1),
            ([entry("9999-12-31", 10, "pmi-drop")], 1),
        ]
        for (entries, code) in rows {
            write("{\"accept\": [\(entries.joined(separator: ",\n"))]}", to: path)
            for baseline in [Self.good, Self.bad] {
                let outcome = try gate(baseline, Self.bad, "--policy", path)
                #expect(outcome.termination == .exited(code), "\(entries): \(outcome.output)")
            }
        }
        for (wrong, message) in [
            (entry("9999-12-31", 1, "pmi-dorp"), "line 2: there is no fault \"pmi-dorp\"; did you mean pmi-drop?"),
            (entry("2027-02-31", 1), "line 2: \"until\": \"2027-02-31\" is no day"),
        ] {
            write("{\"accept\": [\n\(wrong)]}", to: path)
            let outcome = try gate(Self.good, Self.bad, "--policy", path)
            #expect(outcome.termination == .exited(74) && outcome.output.isEmpty)
            #expect(
                outcome.errorLines.count == 1 && outcome.errors.contains("\(path): \(message)"), "\(outcome.errors)")
        }
    }

    @Test("Another machine is no answer, and what differs is said")
    func otherMachine() throws {
        let path = temporaryPath("other.json")
        defer { unlink(path) }
        var report = try ReportFile.read(Self.bad)
        (report.environment.processor.vendor, report.environment.processor.identity) = ("AuthenticAMD", "AMD 19-61-02")
        report.environment.hypervisor?.name = "KVM"
        report.scope = Scope(report.environment)
        write(String(decoding: try ReportJSON.encode(report), as: UTF8.self), to: path)
        let outcome = try gate(path, Self.bad)
        #expect(outcome.termination == .exited(3))
        #expect(
            outcome.output.contains(
                " · GATE INCONCLUSIVE · not the same machine: CPU: AMD 19-61 → Intel 06-5e; platform: guest of KVM → "
                    + "guest of QEMU"))
    }

    @Test("With --output the decision is told on standard error as well, and --report writes more formats")
    func output() throws {
        let folder = try TemporaryFolder()
        let file = "\(folder.path)/gate.json"
        let outcome = try gate(
            Self.good, Self.bad, "--format", "json", "--output", file, "--report", "markdown=\(folder.path)/gate.md")
        #expect(outcome.termination == .exited(1) && outcome.output.isEmpty)
        #expect(outcome.errorLines.dropFirst() == ["wrote \(file)", "wrote \(folder.path)/gate.md"])
        #expect(outcome.errorLines[0].contains(" · GATE FAILED · new fault freeze-on-pmi"))
        let json = try ReportJSON.decode(Decision.self, from: Array(folder.text("gate.json").utf8))
        #expect(json.outcome == "failed" && json.exitCode == 1 && json.faults.map(\.fault) == ["freeze-on-pmi"])
        #expect(try folder.text("gate.md").hasPrefix("## truecount: GATE FAILED\n"))
    }

    private struct Decision: Decodable {
        var outcome: String
        var exitCode: Int
        var faults: [Fault]

        struct Fault: Decodable { var fault: String }
    }

    private static let decisions: [(baseline: String, current: String, policy: Bool, points: [String])] = [
        (good, good, false, ["gate pass"]), (good, bad, false, ["fault.freeze-on-pmi fail", "gate fail"]),
        (bad, bad, true, ["fault.freeze-on-pmi skip", "gate pass"]),
        (lab("6.12.95-no-pmu"), lab("6.12.95-no-pmu"), false, ["gate skip"]),
        (good, lab("6.12.95-induced"), false, ["fault.freeze-on-pmi fail", "gate error"]),
    ]

    @Test(
        "JUnit, KTAP, TAP and LAVA of a decision have a point for each fault and one for the gate",
        .enabled(if: ParserEnvironment.python != nil, Comment(rawValue: ParserEnvironment.reason)),
        arguments: ["junit", "ktap", "tap", "lava"])
    func points(format: String) throws {
        let folder = try TemporaryFolder()
        try folder.add(
            "policy.json",
            #"{"accept": [{"fault": "freeze-on-pmi", "until": "9999-12-31", "atMost": 10, "because": "a # <b> \"c\""}]}"#
        )
        for row in Self.decisions {
            let path = "\(folder.path)/gate"
            let policy = row.policy ? ["--policy", "\(folder.path)/policy.json"] : []
            _ = try Program.truecount.run(
                ["gate", "--baseline", row.baseline, "--current", row.current, "--format", format, "--output", path]
                    + policy)
            let parsed = try ParserEnvironment.run(format == "junit" ? "read_gate_junit" : "read_\(format)", path)
            #expect(parsed.termination == .exited(0), "\(parsed.errors)")
            #expect(parsed.output.split(separator: "\n").map(String.init) == row.points)
        }
    }

    @Test(
        "GitHub gets one annotation of the decision, and its summary page",
        .enabled(if: ParserEnvironment.python != nil, Comment(rawValue: ParserEnvironment.reason)))
    func github() throws {
        let folder = try TemporaryFolder()
        for (current, start) in [(Self.bad, "error title=truecount: GATE FAILED "), (Self.good, "notice title=")] {
            let outcome = try Program.truecount.run(
                ["gate", "--baseline", Self.good, "--current", current, "--format", "github"],
                environment: ["GITHUB_STEP_SUMMARY": "\(folder.path)/summary"])
            try folder.add("log", outcome.output)
            let commands = try ParserEnvironment.run("read_github", "\(folder.path)/log").output.split(separator: "\n")
            #expect(commands.count == 3 && commands[0].hasPrefix(start), "\(commands)")
            #expect(commands[0].contains("Linux 5.10.0-46-cloud-amd64 → 5.10.0-46-cloud-amd64 on Intel 06-5e-03"))
        }
        let summary = try folder.text("summary")
        #expect(summary.contains("## truecount: GATE FAILED\n") && summary.contains("## truecount: GATE PASSED\n"))
    }

    @Test("A page and Markdown of a decision have its reason and what changed", arguments: ["html", "markdown"])
    func pages(format: String) throws {
        let page = try gate(Self.good, Self.bad, "--format", format).output
        #expect(page.contains("GATE FAILED") && page.contains("new fault freeze-on-pmi"))
        #expect(page.contains("perf") && page.contains("5.10.0-46-cloud-amd64"))
    }

    @Test("Mistakes in what stands behind -- are mistakes in the command line")
    func mistakes() throws {
        for arguments in [["--", "--quic"], ["--", "--format", "json"], ["--current", Self.good, "--", "--quick"]] {
            let outcome = try Program.truecount.run(["gate", "--baseline", Self.good] + arguments)
            #expect(outcome.termination == .exited(64) && outcome.errorLines.count == 1, "\(outcome.errors)")
        }
    }
}
