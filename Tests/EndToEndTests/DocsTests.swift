import Diagnosis
import Foundation
import Recipes
import Reporting
import Testing

@Suite("The documentation says everything, and nothing that is old")
struct DocsTests {
    private func page(_ name: String) throws -> String { try DocumentedCommand.text(ofPage: "docs/\(name).md") }

    @Test("Every probe has a row")
    func probes() throws {
        let page = try page("probes")
        for probe in ProbeDescription.all { #expect(page.contains("\n| `\(probe.id)` | "), "\(probe.id)") }
        let rows = page.matches(of: #/\n\| `([a-z-]+)` \| /#).map { String($0.output.1) }
        #expect(Set(rows) == Set(ProbeDescription.all.map(\.id)))
    }

    @Test("Every fault is in the catalogue or is found by a probe, and no other is named")
    func faults() throws {
        let pages = try page("faults") + page("probes")
        for fault in Fault.allCases { #expect(pages.contains("`\(fault.rawValue)`"), "\(fault.rawValue)") }
        let found = try page("probes").split(separator: "\n").filter { $0.hasPrefix("| `") }
            .flatMap { $0.split(separator: "|").last?.matches(of: #/`([a-z-]+)`/#).map { String($0.output.1) } ?? [] }
        for name in found { #expect(Fault.allCases.contains { $0.rawValue == name }, "\(name)") }
    }

    @Test("Every exit code has a row, and every one of the other worlds a column")
    func exitCodes() throws {
        let page = try page("exit-codes")
        for code in [0, 1, 3, 4, 64, 70, 74] { #expect(page.contains("\n| \(code) | "), "\(code)") }
        let format = try self.page("report-format")
        for world in ["native", "kselftest", "bisect", "automake", "strict"] {
            #expect(format.contains("| \(world) |"))
        }
        for code in [77, 99, 125] { #expect(format.contains("| \(code) |")) }
    }

    @Test("Every recipe has a row")
    func recipes() throws {
        let page = try page("ci")
        for recipe in Recipe.all { #expect(page.contains("\n| `\(recipe.name)` | "), "\(recipe.name)") }
    }

    @Test("Every command and option of --help is in commands.md")
    func options() throws {
        let page = try page("commands")
        for path in try CommandTree.all() {
            let help = try Program.truecount.run(path + ["--help"]).output
            #expect(path.isEmpty || page.contains("# truecount \(path.joined(separator: " "))\n"), "\(path)")
            for option in help.matches(of: #/\n  (?:-[a-z], )?(--[a-z-]+)/#).map({ String($0.output.1) }) {
                #expect(page.contains("`\(option)") || page.contains(", \(option)"), "\(path) \(option)")
            }
        }
    }

    @Test(
        "commands.md is what the program makes of its help: truecount man --format markdown --output docs/commands.md")
    func commands() throws {
        #expect(try Program.truecount.run(["man", "--format", "markdown"]).output == page("commands"))
    }

    @Test("report-fields.md is what schema_fields.py makes of the schema: see docs/extending.md")
    func fields() throws {
        let script = "\(SampleReports.root)/Tests/EndToEndTests/Parsers/schema_fields.py"
        let schema = "\(SampleReports.root)/Sources/Reporting/Schema/report.schema.json"
        let made = try Program(path: "python3").run(["-B", script, schema], environment: ["LC_ALL": "C.UTF-8"])
        #expect(made.termination == .exited(0), "\(made.errors)")
        #expect(try made.output == page("report-fields"))
    }

    @Test("Every property of the schema is named")
    func properties() throws {
        let schema = try JSONSerialization.jsonObject(with: Data(ReportSchema.json))
        let names = Set(Self.properties(schema))
        #expect(names.count > 150)
        let page = try page("report-fields")
        for name in names { #expect(page.contains("`\(name)`") || page.contains(".\(name)`"), "\(name)") }
    }

    private static func properties(_ value: Any) -> [String] {
        if let list = value as? [Any] { return list.flatMap(properties) }
        guard let object = value as? [String: Any] else { return [] }
        let own = (object["properties"] as? [String: Any])?.keys.map { $0 } ?? []
        return own + object.values.flatMap(properties)
    }

    @Test("Every link leads to a file, and to a heading of it", arguments: DocumentedCommand.pages)
    func links(page: String) throws {
        let folder = page.split(separator: "/").dropLast().joined(separator: "/")
        for link in try DocumentedCommand.text(ofPage: page).matches(of: #/\]\(([^)\s]+)\)/#).map({ $0.output.1 }) {
            guard !link.contains("://") else { continue }
            let parts = link.split(separator: "#", omittingEmptySubsequences: false)
            let target = parts[0].isEmpty ? page : "\(folder)/\(parts[0])"
            let path = "\(SampleReports.root)/\(target)"
            #expect(FileManager.default.fileExists(atPath: path), "\(link)")
            guard parts.count > 1 else { continue }
            let headings = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
                .filter { $0.hasPrefix("#") }.map(Self.anchor)
            #expect(headings.contains(String(parts[1])), "\(link): \(headings)")
        }
    }

    /// As GitHub makes it of a heading.
    private static func anchor(_ heading: Substring) -> String {
        String(
            heading.drop { $0 == "#" || $0 == " " }.lowercased().filter {
                $0.isLetter || $0.isNumber || $0 == "-" || $0 == " "
            }
        )
        .replacing(" ", with: "-")
    }

    @Test("DocC reads all pages without a word", .enabled(if: CommandTree.docc != nil, "needs docc, of the toolchain"))
    func docc() throws {
        let folder = try TemporaryFolder()
        let catalogue = "\(folder.path)/truecount.docc"
        try FileManager.default.copyItem(atPath: "\(SampleReports.root)/docs", toPath: catalogue)
        let arguments = [
            "convert", catalogue, "--output-path", "\(folder.path)/out", "--fallback-display-name", "truecount",
            "--fallback-bundle-identifier", "truecount", "--warnings-as-errors",
            // Its pages are copied from the toolchain with their owner, which only root may do.
            "--no-transform-for-static-hosting",
        ]
        let docc = Program(path: try #require(CommandTree.docc))
        let whole = try docc.run(arguments)
        #expect(whole.termination == .exited(0) && whole.errors.isEmpty, "\(whole.errors)\(whole.output)")
        let pages = try FileManager.default.subpathsOfDirectory(atPath: "\(folder.path)/out/data/documentation")
        #expect(pages.count { $0.hasSuffix(".json") } >= 12, "\(pages)")
        try folder.add("truecount.docc/method.md", "# How it measures\n\n@Nonsense(x: 1)\n\n<doc:nowhere>\n")
        #expect(try docc.run(arguments).termination != .exited(0))
    }
}

/// The commands and subcommands, by asking the program.
enum CommandTree {
    /// The words of each command; the program itself has none.
    static func all(_ path: [String] = []) throws -> [[String]] {
        let help = try Program.truecount.run(path + ["--help"]).output
        guard let list = help.firstRange(of: "SUBCOMMANDS:") else { return [path] }
        let names = help[list.upperBound...].matches(of: #/\n  ([a-z]+)(?: \(default\))? {2,}[A-Z]/#).map {
            String($0.output.1)
        }
        return try [path] + names.flatMap { try all(path + [$0]) }
    }

    static let docc: String? =
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/docc" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }
}
