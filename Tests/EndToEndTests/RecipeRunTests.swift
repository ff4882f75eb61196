import Foundation
import Reporting
import Testing

@Suite("Recipes, run")
struct RecipeRunTests {
    private static let program = Program.truecount.path
    /// Programs that stand for those of other worlds. They lie there ready: what this process writes, it cannot execute
    /// for sure, since a process that another test starts may hold it open for a moment (ETXTBSY).
    private let standIns = "\(SampleReports.root)/Tests/EndToEndTests/StandIns"

    /// A script of a recipe's, with some variables beside `TRUECOUNT`.
    private func run(
        _ recipe: String, _ script: String, _ arguments: [String] = [], _ variables: [String: String] = [:]
    ) throws -> ProgramOutcome {
        try Program(path: RecipeFolder.path(recipe, script)).run(
            arguments, environment: ["TRUECOUNT": Self.program].merging(variables) { $1 }, limit: 300)
    }

    @Test(
        "kselftest: what the test prints is KTAP, and its exit status one of kselftest's",
        .enabled(if: ParserEnvironment.python != nil, Comment(rawValue: ParserEnvironment.reason)))
    func kselftest() throws {
        let outcome = try run("kselftest", "truecount.sh")
        #expect([.exited(0), .exited(1), .exited(4)].contains(outcome.termination), "\(outcome.errors)")
        let folder = try TemporaryFolder()
        try folder.add("ktap", outcome.output)
        let parsed = try ParserEnvironment.run("read_ktap", "\(folder.path)/ktap")
        #expect(parsed.termination == .exited(0), "\(parsed.errors)")
        let verdict = try #require(parsed.output.split(separator: "\n").last)
        let words: [Termination: String] = [.exited(0): "pass", .exited(4): "skip"]
        #expect(verdict.hasSuffix("verdict \(words[outcome.termination] ?? "fail")"), "\(parsed.output)")
    }

    @Test("kselftest: without truecount the test is skipped, and says so in KTAP")
    func kselftestWithoutProgram() throws {
        let outcome = try run("kselftest", "truecount.sh", [], ["TRUECOUNT": "/none"])
        #expect(outcome.termination == .exited(4))
        #expect(outcome.output == "KTAP version 1\n1..0 # SKIP there is no truecount in PATH: set TRUECOUNT\n")
    }

    @Test("kselftest: the Makefile names the files that are there")
    func makefile() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: "\(folder.path)/truecount", withIntermediateDirectories: true)
        try folder.add("lib.mk", "all:\n\t@echo $(TEST_PROGS) $(TEST_FILES)\n")
        let makefile = RecipeFolder.path("kselftest", "Makefile")
        let outcome = try Program(path: "make").run(["-s", "-C", "\(folder.path)/truecount", "-f", makefile])
        #expect(outcome.output == "truecount.sh settings\n", "\(outcome.errors)")
    }

    @Test(
        "LAVA and GitHub: each step runs, and leaves what the next ones take",
        .enabled(if: ParserEnvironment.python != nil, Comment(rawValue: ParserEnvironment.reason)),
        arguments: [("lava", "truecount.yaml", "truecount.json"), ("github-actions", "truecount.yml", "report.json")])
    func steps(recipe: String, file: String, report: String) throws {
        let folder = try TemporaryFolder()
        let steps = try ParserEnvironment.run("recipe_steps", RecipeFolder.path(recipe, file)).output
        let directory = Self.program.split(separator: "/").dropLast().joined(separator: "/")
        let path = "/\(directory):/usr/bin:/bin"
        var output = ""
        for step in steps.split(separator: "\n") {
            let outcome = try Program(path: "bash").launched(by: "env", "-C", folder.path).run(
                ["-eu", "-c", String(step)],
                environment: ["PATH": path, "TRUECOUNT": "truecount", "OPTIONS": "--quick"], limit: 300)
            #expect(
                [.exited(0), .exited(1), .exited(3), .exited(4)].contains(outcome.termination), "\(outcome.errors)")
            #expect(outcome.errors.isEmpty)
            output += outcome.output
        }
        #expect(try ReportFile.read("\(folder.path)/\(report)").runs.count > 0)
        guard recipe == "lava" else { return #expect(output.contains("::notice") || output.contains("::error")) }
        try folder.add("signals", output)
        #expect(try ParserEnvironment.run("read_lava", "\(folder.path)/signals").output.contains("verdict "))
    }

    @Test("virtme-ng: the guest's answer is git's, and a guest that dies is no bad commit")
    func virtme() throws {
        let folder = try TemporaryFolder()
        let variables = ["PATH": "\(standIns):/usr/bin:/bin", "RECORD": "\(folder.path)/record"]
        for (model, code) in [("healthy-skylake", Int32(0)), ("skylake-4.20", 1)] {
            let arguments = ["bzImage", "--", "--quick", "--pmu", "simulated:\(model)"]
            let outcome = try run("virtme-ng", "vng-diagnose", arguments, variables)
            #expect(outcome.termination == .exited(code), "\(outcome.errors)")
            #expect(outcome.output.contains("SIMULATED"))
        }
        #expect(
            try folder.text("record").split(separator: "\n")
                == ["--run", "bzImage", "--user", "root", "--cpus", "2", "--memory", "1G", "--"])
        let wrong = try run("virtme-ng", "vng-diagnose", [".", "--", "--mistyped"], variables)
        #expect(wrong.termination == .exited(125))
        let dead = try run("virtme-ng", "vng-diagnose", [], variables.merging(["DIES": "1"]) { $1 })
        #expect(dead.termination == .exited(125))
    }

    @Test("bisect-step: answers are git's, and a lab that fails is nobody's bad commit")
    func bisectStep() throws {
        for (answer, code) in [(0, 0), (1, 1), (125, 125), (124, 125), (122, 128), (123, 128), (2, 128), (143, 128)] {
            let variables = ["RUN_GUEST": "\(standIns)/guest", "ANSWER": "\(answer)"]
            let outcome = try run("bisect", "bisect-step", ["bzImage", "quiet"], variables)
            #expect(outcome.termination == .exited(Int32(code)), "\(answer)")
        }
        #expect(try run("bisect", "bisect-step", ["bzImage"]).termination == .exited(128))
    }

    @Test(
        "Ansible: the play runs, and fetches a report that reads back",
        .enabled(if: ParserEnvironment.linters != nil, Comment(rawValue: ParserEnvironment.reason)))
    func ansible() throws {
        let folder = try TemporaryFolder()
        let bin = try #require(ParserEnvironment.linters)
        let outcome = try Program(path: "\(bin)/ansible-playbook").launched(by: "env", "-C", folder.path).run(
            [
                "--inventory", "here,", "--connection", "local", "-e", "truecount_program=\(Self.program)",
                "-e", "truecount_reports=\(folder.path)/reports", "-e", "ansible_python_interpreter=/usr/bin/python3",
                RecipeFolder.path("ansible", "diagnose-fleet.yml"),
            ],
            environment: [
                "PATH": "\(bin):/usr/bin:/bin", "HOME": folder.path, "ANSIBLE_HOME": "\(folder.path)/ansible",
                "LC_ALL": "C.UTF-8",
            ], limit: 300)
        #expect(outcome.termination == .exited(0), "\(outcome.output)\(outcome.errors)")
        let report = try ReportFile.read("\(folder.path)/reports/here.json")
        #expect(report.runs.count > 0 && report.arguments.contains("--quick"))
    }

    @Test("Kubernetes: one report a node, and a node without a whole one is named")
    func collect() throws {
        let folder = try TemporaryFolder()
        let kept = SampleReports.faulty
        var variables = ["KUBECTL": "\(standIns)/kubectl", "REPORT": kept, "SHOWN": "1000"]
        let partial = try run("kubernetes", "collect-reports", ["\(folder.path)/fleet"], variables)
        #expect(partial.termination == .exited(1) && partial.errors.contains("node-b has no whole report yet"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/fleet") == ["node-a.json"])
        variables["SHOWN"] = "1000000000"
        let whole = try run("kubernetes", "collect-reports", ["\(folder.path)/fleet"], variables)
        #expect(whole.termination == .exited(0) && whole.errors.isEmpty)
        for node in ["node-a", "node-b"] {
            #expect(try ReportFile.read("\(folder.path)/fleet/\(node).json") == ReportFile.read(kept))
        }
    }
}
