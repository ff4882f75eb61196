import Diagnosis
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

    /// The steps of a recipe, run as its world runs them, in a folder with the baseline that it asks for.
    private func steps(
        _ recipe: String, _ file: String, baseline: String?, in folder: TemporaryFolder,
        _ variables: [String: String] = [:]
    ) throws -> (codes: [Termination], output: String) {
        let steps = try ParserEnvironment.run("recipe_steps", RecipeFolder.path(recipe, file)).output
        let directory = Self.program.split(separator: "/").dropLast().joined(separator: "/")
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/.github/truecount", withIntermediateDirectories: true)
        if let baseline {
            for place in ["baseline.json", ".github/truecount/baseline.json"] {
                try FileManager.default.copyItem(atPath: baseline, toPath: "\(folder.path)/\(place)")
            }
        }
        let environment = [
            "PATH": "/\(directory):\(standIns):/usr/bin:/bin", "TRUECOUNT": "truecount", "OPTIONS": "--quick",
            "BASELINE": "baseline.json", "TMT_TEST_DATA": folder.path, "REPORT": SampleReports.faulty,
        ].merging(variables) { $1 }
        var result: (codes: [Termination], output: String) = ([], "")
        // The gate's diagnosis is a short one, as LAVA's is by OPTIONS.
        for step in steps.replacing(" -- --report", with: " -- --quick --report").split(separator: "\n") {
            let outcome = try Program(path: "bash").launched(by: "env", "-C", folder.path).run(
                ["-eu", "-c", String(step)], environment: environment, limit: 300)
            result.codes.append(outcome.termination)
            result.output += outcome.output + outcome.errors
        }
        return result
    }

    private static let hasParsers = ParserEnvironment.python != nil
    private static let needsParsers = Comment(rawValue: ParserEnvironment.reason)

    /// A report of this machine, to compare later ones with.
    private func ownBaseline(_ folder: TemporaryFolder) throws -> String {
        let path = "\(folder.path)/own.json"
        _ = try Program.truecount.run(["diagnose", "--quick", "--format", "json", "--output", path])
        return path
    }

    /// How a gate ends that compares two reports of this machine, whatever it is.
    private func gateCode(_ baseline: String, _ current: String) throws -> Int32 {
        switch try ReportFile.read(current).verdict {
        case .accurate: return 0
        case .faulty: return 1
        case let verdict:
            let before = try ReportFile.read(baseline).verdict
            return before == .accurate || before == .faulty ? 1 : verdict.exitCode
        }
    }

    @Test("LAVA: diagnosis and gate give signals that its parser takes", .enabled(if: hasParsers, needsParsers))
    func lava() throws {
        let folder = try TemporaryFolder()
        let own = try ownBaseline(folder)
        let run = try steps("lava", "truecount.yaml", baseline: own, in: folder)
        #expect(run.codes == [.exited(0), .exited(0), .exited(0)], "\(run.output)")
        #expect(try ReportFile.read("\(folder.path)/truecount.json").runs.count > 0)
        try folder.add("signals", run.output)
        let parsed = try ParserEnvironment.run("read_lava", "\(folder.path)/signals").output.split(separator: "\n")
        let gate = try #require(parsed.last { $0.hasPrefix("gate ") }, "\(run.output)")
        let words: [Int32: String] = [0: "pass", 1: "fail", 3: "error", 4: "skip"]
        #expect(try gate == "gate \(words[gateCode(own, "\(folder.path)/truecount.json")] ?? "")")
    }

    @Test("LAVA: without a baseline the gate's result is unknown, and no pass", .enabled(if: hasParsers, needsParsers))
    func lavaWithoutBaseline() throws {
        let folder = try TemporaryFolder()
        let run = try steps("lava", "truecount.yaml", baseline: nil, in: folder)
        #expect(run.codes == [.exited(0), .exited(0), .exited(0)])
        #expect(run.output.contains("lava-test-case gate --result unknown"), "\(run.output)")
    }

    @Test(
        "GitHub and tmt: the step is the gate, which passes, fails or gives no answer as its exit code",
        .enabled(if: hasParsers, needsParsers),
        arguments: [("github-actions", "truecount.yml", "gate.xml"), ("tmt", "truecount.fmf", "gate.xml")])
    func gateSteps(recipe: String, file: String, decision: String) throws {
        let folder = try TemporaryFolder()
        let own = try ownBaseline(folder)
        let run = try steps(recipe, file, baseline: own, in: folder)
        #expect(try run.codes == [.exited(gateCode(own, "\(folder.path)/report.json"))], "\(run.output)")
        #expect(recipe != "github-actions" || run.output.hasPrefix("::"))
        let parsed = try ParserEnvironment.run("read_gate_junit", "\(folder.path)/\(decision)")
        #expect(parsed.output.split(separator: "\n").last?.hasPrefix("gate ") == true, "\(parsed.errors)")
        // A report of another machine is no answer; a positive control is no baseline.
        for (report, code) in [(SampleReports.faulty, Int32(3)), (Self.induced, 64)] {
            let other = try TemporaryFolder()
            let run = try steps(recipe, file, baseline: report, in: other)
            #expect(run.codes == [.exited(code)], "\(run.output)")
        }
    }

    private static let induced = "\(SampleReports.root)/results/lab/6.12.95-induced.json"

    @Test("bisect with vng: the guest's answer is git's, and a guest that dies is no bad commit")
    func virtme() throws {
        let folder = try TemporaryFolder()
        let variables = ["PATH": "\(standIns):/usr/bin:/bin", "RECORD": "\(folder.path)/record"]
        for (model, code) in [("healthy-skylake", Int32(0)), ("skylake-4.20", 1)] {
            let arguments = ["bzImage", "perf_v4_pmi=1 quiet", "--", "--quick", "--pmu", "simulated:\(model)"]
            let outcome = try run("bisect", "bisect-step", arguments, variables)
            #expect(outcome.termination == .exited(code), "\(outcome.errors)")
            #expect(outcome.output.contains("SIMULATED"))
        }
        #expect(
            try folder.text("record").split(separator: "\n") == [
                "--run", "bzImage", "--append", "perf_v4_pmi=1 quiet", "--user", "root", "--cpus", "2", "--memory",
                "1G",
                "--",
            ])
        let wrong = try run("bisect", "bisect-step", [".", "--", "--mistyped"], variables)
        #expect(wrong.termination == .exited(125))
        let dead = try run("bisect", "bisect-step", [], variables.merging(["DIES": "1"]) { $1 })
        #expect(dead.termination == .exited(125))
        let options = variables.merging(["VNG": "vng --disable-kvm", "DIES": "1"]) { $1 }
        _ = try run("bisect", "bisect-step", [], options)
        #expect(try folder.text("record").hasPrefix("--disable-kvm\n--run\n.\n--user\n"))
        let none = try run("bisect", "bisect-step", [], ["VNG": "no-such-vng"])
        #expect(none.termination == .exited(128) && none.errors.contains("install virtme-ng"))
    }

    @Test("bisect-kernels with vng names the first bad line of a history, and skips kernels that do not boot")
    func bisectKernels() throws {
        let folder = try TemporaryFolder()
        try folder.add("history", "v6.1\nv5.9\nv5.10 dies\nv5.10 perf_v4_pmi=0\nv5.10 perf_v4_pmi=1\n")
        let variables = [
            "PATH": "\(standIns):/usr/bin:/bin", "RECORD": "\(folder.path)/record", "BAD": "perf_v4_pmi=1",
            "DEAD": "dies",
        ]
        let outcome = try run("bisect", "bisect-kernels", ["\(folder.path)/history"], variables)
        #expect(outcome.termination == .exited(0), "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output.split(separator: "\n").last == "first bad: v5.10 perf_v4_pmi=1")
    }

    @Test("bisect with another guest: its answers are git's, and a lab that fails is nobody's bad commit")
    func bisectStep() throws {
        for (answer, code) in [(0, 0), (1, 1), (125, 125), (124, 125), (122, 128), (123, 128), (2, 128), (143, 128)] {
            let variables = ["RUN_GUEST": "\(standIns)/guest", "ANSWER": "\(answer)"]
            let outcome = try run("bisect", "bisect-step", ["bzImage", "quiet"], variables)
            #expect(outcome.termination == .exited(Int32(code)), "\(answer)")
        }
    }

    private func play(_ folder: TemporaryFolder, _ settings: [String]) throws -> ProgramOutcome {
        let bin = try #require(ParserEnvironment.linters)
        let values = [
            "truecount_program=\(Self.program)", "truecount_reports=\(folder.path)/reports",
            "ansible_python_interpreter=/usr/bin/python3", "ansible_become_exe=\(standIns)/sudo",
        ]
        try FileManager.default.createDirectory(atPath: "\(folder.path)/tmp", withIntermediateDirectories: true)
        return try Program(path: "\(bin)/ansible-playbook").launched(by: "env", "-C", folder.path).run(
            ["--inventory", "here,", "--connection", "local"] + (values + settings).flatMap { ["-e", $0] }
                + [RecipeFolder.path("ansible", "diagnose-fleet.yml")],
            environment: [
                "PATH": "\(bin):/usr/bin:/bin", "HOME": folder.path, "ANSIBLE_HOME": "\(folder.path)/ansible",
                "LC_ALL": "C.UTF-8", "TMPDIR": "\(folder.path)/tmp", "RECORD": "\(folder.path)/record",
                // Who is root already would not be asked to become root.
                "ANSIBLE_BECOME_ALLOW_SAME_USER": "1",
            ], limit: 300)
    }

    private static let hasLinters = ParserEnvironment.linters != nil

    @Test(
        "Ansible: the play runs as root, fetches a report that reads back, and gates it",
        .enabled(if: hasLinters, needsParsers))
    func ansible() throws {
        let folder = try TemporaryFolder()
        let own = try ownBaseline(folder)
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/baselines", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: own, toPath: "\(folder.path)/baselines/here.json")
        let outcome = try play(folder, ["truecount_baselines=\(folder.path)/baselines"])
        let kept = "\(folder.path)/reports/here.json"
        let passes = try gateCode(own, kept) == 0
        #expect(outcome.termination == .exited(passes ? 0 : 2), "\(outcome.output)\(outcome.errors)")
        #expect(passes || outcome.output.contains("\"gate\", \"--baseline\""))
        let report = try ReportFile.read(kept)
        #expect(report.runs.count > 0 && report.arguments.contains("--quick"))
        #expect(try folder.text("record").contains("-u root /bin/sh -c"))
    }

    @Test("Ansible: a diagnosis that fails leaves nothing on the machine", .enabled(if: hasLinters, needsParsers))
    func ansibleFailing() throws {
        let folder = try TemporaryFolder()
        let outcome = try play(folder, ["truecount_options=--mistyped"])
        #expect(outcome.termination == .exited(2), "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output.contains("TASK [Remove the program]"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/tmp").isEmpty)
    }

    @Test("Kubernetes: a Job for each node, and a node without a summary is named")
    func nodes() throws {
        let folder = try TemporaryFolder()
        var variables = ["KUBECTL": "\(standIns)/kubectl --context lab", "STATE": folder.path, "SILENT": "node-b"]
        let partial = try run("kubernetes", "diagnose-nodes", ["\(folder.path)/fleet"], variables)
        #expect(partial.termination == .exited(1), "\(partial.errors)")
        #expect(partial.errors.contains("node-b.example.com has no summary: kubectl describe job truecount-2"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/fleet") == ["node-a.example.com.json"])
        variables["SILENT"] = "none"
        let whole = try run("kubernetes", "diagnose-nodes", ["\(folder.path)/fleet", "pmu=yes"], variables)
        #expect(whole.termination == .exited(0) && whole.errors.isEmpty, "\(whole.errors)")
        for node in ["node-a", "node-b"] {
            #expect(try folder.text("fleet/\(node).example.com.json") == "{\"node\": \"\(node).example.com\"}\n")
        }
        #expect(try folder.text("selector") == "pmu=yes\n")
        variables["ENDLESS"] = "yes"
        variables["LIMIT"] = "1"
        let endless = try run("kubernetes", "diagnose-nodes", ["\(folder.path)/fleet"], variables)
        #expect(endless.termination == .exited(1) && endless.errors == partial.errors, "\(endless.errors)")
    }

    @Test("Kubernetes: what the Job runs is a diagnosis with one line of summary and a whole report")
    func jobArguments() throws {
        let folder = try TemporaryFolder()
        let line = lines(ofFile: RecipeFolder.path("kubernetes", "job.yaml")).first { $0.contains("args: [") }
        let list = try #require(line?.split(separator: "[").last?.split(separator: "]").first)
        let arguments = list.split(separator: ",").map { $0.drop { $0 == " " } }
            .map { $0.replacingOccurrences(of: "/var/lib/truecount/NODE", with: "\(folder.path)/node-a") }
        let outcome = try Program.truecount.run(arguments)
        #expect([.exited(0), .exited(1), .exited(3), .exited(4)].contains(outcome.termination), "\(outcome.errors)")
        #expect(outcome.output.hasPrefix("{") && outcome.output.hasSuffix("}\n") && outcome.errors.isEmpty)
        #expect(outcome.output.filter { $0 == "\n" }.count == 1)
        #expect(try ReportFile.read("\(folder.path)/node-a.json").runs.count > 0)
    }
}
