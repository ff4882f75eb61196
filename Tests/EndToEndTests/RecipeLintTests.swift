import Foundation
import Testing

@Suite("Recipes, by the linters of their worlds")
struct RecipeLintTests {
    private static let hasLinters = ParserEnvironment.linters != nil
    private static let reason = Comment(rawValue: ParserEnvironment.reason)

    private static func isThere(_ program: String) -> Bool {
        ["/usr/bin", "/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }

    /// One of the linters' own commands, which lie beside their interpreter.
    private func linter(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], in folder: String = "/"
    ) throws -> ProgramOutcome {
        let bin = try #require(ParserEnvironment.linters)
        let path = "\(bin):/usr/sbin:/usr/bin:/sbin:/bin"
        return try Program(path: "\(bin)/\(name)").launched(by: "env", "-C", folder)
            .run(arguments, environment: environment.merging(["PATH": path]) { $1 }, limit: 300)
    }

    /// A copy of a recipe's file in which a part is another.
    private func damaged(_ recipe: String, _ file: String, _ part: String, _ replacement: String) throws
        -> TemporaryFolder
    {
        let text = try String(contentsOfFile: RecipeFolder.path(recipe, file), encoding: .utf8)
        try #require(text.contains(part))
        let folder = try TemporaryFolder()
        try folder.add(file, text.replacing(part, with: replacement))
        return folder
    }

    @Test(
        "Scripts: shellcheck", .enabled(if: isThere("shellcheck"), "needs shellcheck"),
        arguments: [
            ("bisect", "bisect-kernels"), ("bisect", "bisect-step"), ("kselftest", "truecount.sh"),
            ("systemd", "truecount-history"), ("kubernetes", "diagnose-nodes"),
        ])
    func scripts(recipe: String, file: String) throws {
        let outcome = try Program(path: "shellcheck").run([RecipeFolder.path(recipe, file)])
        #expect(outcome.termination == .exited(0), "\(outcome.output)")
    }

    @Test("Scripts: shellcheck sees a planted mistake", .enabled(if: isThere("shellcheck"), "needs shellcheck"))
    func damagedScript() throws {
        let folder = try damaged("systemd", "truecount-history", "mkdir -p \"$history\"", "mkdir -p $history")
        #expect(try Program(path: "shellcheck").run(["\(folder.path)/truecount-history"]).termination == .exited(1))
    }

    @Test("GitHub Actions: the workflow's schema", .enabled(if: hasLinters, reason))
    func workflow() throws {
        let file = RecipeFolder.path("github-actions", "truecount.yml")
        let arguments = ["--builtin-schema", "vendor.github-workflows"]
        let whole = try linter("check-jsonschema", arguments + [file])
        #expect(whole.termination == .exited(0), "\(whole.output)")
        let broken = try damaged("github-actions", "truecount.yml", "runs-on:", "run-on:")
        #expect(try linter("check-jsonschema", arguments + ["\(broken.path)/truecount.yml"]).termination == .exited(1))
    }

    @Test(
        "GitHub Actions: the workflows of this repository, too", .enabled(if: hasLinters, reason),
        arguments: ["ci.yml", "diagnose.yml"])
    func ownWorkflow(file: String) throws {
        let path = "\(SampleReports.root)/.github/workflows/\(file)"
        let whole = try linter("check-jsonschema", ["--builtin-schema", "vendor.github-workflows", path])
        #expect(whole.termination == .exited(0), "\(whole.output)")
    }

    @Test("Kubernetes: the Job's schema, strictly", .enabled(if: hasLinters, reason))
    func job() throws {
        let whole = try linter("kubernetes-validate", ["--strict", RecipeFolder.path("kubernetes", "job.yaml")])
        #expect(whole.termination == .exited(0), "\(whole.output)\(whole.errors)")
        #expect((whole.output + whole.errors).contains("passed for resource job/truecount-NUMBER"))
        let broken = try damaged("kubernetes", "job.yaml", "runAsUser: 0", "runAsUser: root")
        let refused = try linter("kubernetes-validate", ["--strict", "\(broken.path)/job.yaml"])
        #expect(refused.termination == .exited(1))
    }

    @Test("tmt: lint without a failure or a warning", .enabled(if: hasLinters, reason))
    func plan() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: "\(folder.path)/.fmf", withIntermediateDirectories: true)
        try folder.add(".fmf/version", "1\n")
        for file in ["plan.fmf", "truecount.fmf"] {
            try folder.add(file, String(contentsOfFile: RecipeFolder.path("tmt", file), encoding: .utf8))
        }
        let home = ["HOME": folder.path]
        let whole = try linter("tmt", ["lint"], environment: home, in: folder.path)
        #expect(whole.termination == .exited(0), "\(whole.output)\(whole.errors)")
        #expect(whole.output.contains("\n/plan\n") && whole.output.contains("/truecount\n"))
        #expect(!whole.output.contains("warn ") && !whole.output.contains("fail "), "\(whole.output)")
        try folder.add("plan.fmf", folder.text("plan.fmf").replacing("how: tmt", with: "how: somehow"))
        let broken = try linter("tmt", ["lint"], environment: home, in: folder.path)
        #expect(broken.output.contains("fail P003"), "\(broken.output)")
    }

    @Test("Ansible: syntax, and ansible-lint by the profile for production", .enabled(if: hasLinters, reason))
    func play() throws {
        let folder = try TemporaryFolder()
        let environment = [
            "HOME": folder.path, "ANSIBLE_HOME": "\(folder.path)/ansible", "NO_COLOR": "1", "LC_ALL": "C.UTF-8",
        ]
        let file = RecipeFolder.path("ansible", "diagnose-fleet.yml")
        let syntax = try linter(
            "ansible-playbook", ["--syntax-check", "--inventory", "localhost,", file], environment: environment)
        #expect(syntax.termination == .exited(0), "\(syntax.errors)")
        let lint = ["--offline", "--profile", "production"]
        let whole = try linter("ansible-lint", lint + [file], environment: environment, in: folder.path)
        #expect(whole.termination == .exited(0), "\(whole.output)\(whole.errors)")
        let broken = try damaged("ansible", "diagnose-fleet.yml", "ansible.builtin.copy", "copy")
        let refused = try linter(
            "ansible-lint", lint + ["\(broken.path)/diagnose-fleet.yml"], environment: environment, in: broken.path)
        #expect(refused.termination == .exited(2), "\(refused.output)")
    }

    @Test("LAVA: its own schema", .enabled(if: FileManager.default.fileExists(atPath: lavaSchema), "needs lava-common"))
    func definition() throws {
        let script = "\(SampleReports.root)/Tests/EndToEndTests/Parsers/validate_lava.py"
        let python = Program(path: "/usr/bin/python3")
        let whole = try python.run(["-B", script, RecipeFolder.path("lava", "truecount.yaml")])
        #expect(whole.output == "valid\n", "\(whole.errors)")
        let broken = try damaged("lava", "truecount.yaml", "  steps:", "  step:")
        #expect(try python.run(["-B", script, "\(broken.path)/truecount.yaml"]).output.hasPrefix("invalid: "))
    }

    private static let lavaSchema = "/usr/lib/python3/dist-packages/lava_common/schemas/test/testdef.py"

    @Test("systemd: its own verification", .enabled(if: isThere("systemd-analyze"), "needs systemd-analyze (systemd)"))
    func units() throws {
        let folder = try TemporaryFolder()
        for unit in ["truecount-diagnose.service", "truecount-diagnose.timer"] {
            // It looks whether the program is there; the recipe's place is nobody's business here.
            let text = try String(contentsOfFile: RecipeFolder.path("systemd", unit), encoding: .utf8)
            try folder.add(unit, text.replacing("/usr/local/lib/truecount", with: RecipeFolder.path("systemd")))
        }
        let units = ["truecount-diagnose.service", "truecount-diagnose.timer"].map { "\(folder.path)/\($0)" }
        let whole = try Program(path: "systemd-analyze").run(["verify", "--man=no"] + units)
        #expect(whole.termination == .exited(0) && whole.errors.isEmpty, "\(whole.errors)")
        let service = try folder.text("truecount-diagnose.service")
        try folder.add("truecount-diagnose.service", service.replacing("Type=oneshot", with: "Type=once"))
        let broken = try Program(path: "systemd-analyze").run(["verify", "--man=no"] + units)
        #expect(broken.errors.contains("Failed to parse service type"), "\(broken.errors)")
    }
}
