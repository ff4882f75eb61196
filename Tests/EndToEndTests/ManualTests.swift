import Foundation
import Testing

@Suite("The manual page")
struct ManualTests {
    private static func isThere(_ program: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/\(program)")
    }

    private let page: String

    init() throws {
        let outcome = try Program.truecount.run(["man"])
        #expect(outcome.termination == .exited(0) && outcome.errors.isEmpty)
        page = outcome.output
    }

    private func file(_ text: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.add("truecount.1", text)
        return folder
    }

    /// The page has no date, so that the same source makes the same page: the only thing that is missed.
    private func lint(_ text: String) throws -> [Substring] {
        let folder = try file(text)
        return try Program(path: "mandoc").run(["-T", "lint", "-W", "warning", "\(folder.path)/truecount.1"])
            .output.split(separator: "\n").filter { !$0.contains("missing date") }
    }

    @Test("mandoc finds nothing to warn of, and would", .enabled(if: isThere("mandoc"), "needs mandoc"))
    func mandoc() throws {
        #expect(try lint(page).isEmpty)
        #expect(try !lint(page.replacing(".TP\n", with: ".TQP\n")).isEmpty)
    }

    @Test("man finds nothing to warn of, and would", .enabled(if: isThere("man"), "needs man (man-db)"))
    func man() throws {
        func warnings(_ text: String) throws -> ProgramOutcome {
            let folder = try file(text)
            return try Program(path: "man").run(
                ["--warnings", "--local-file", "\(folder.path)/truecount.1"],
                environment: ["LC_ALL": "C.UTF-8", "MANWIDTH": "80", "HOME": folder.path])
        }
        let shown = try warnings(page)
        #expect(shown.termination == .exited(0) && shown.errors.isEmpty, "\(shown.errors)")
        for part in ["NAME", "SYNOPSIS", "COMMANDS", "truecount diagnose", "--exit-codes CONVENTION"] {
            #expect(shown.output.contains(part), "\(part)")
        }
        #expect(try !warnings(page + ".nonsense\n").errors.isEmpty)
    }

    @Test("Every command and every option is in it")
    func complete() throws {
        for path in try CommandTree.all() where !path.isEmpty {
            #expect(page.contains("\n.SS truecount \(path.joined(separator: " "))\n"), "\(path)")
            let help = try Program.truecount.run(path + ["--help"]).output
            for option in help.matches(of: #/\n  (?:-[a-z], )?(--[a-z-]+)/#).map({ String($0.output.1) }) {
                #expect(page.contains(option.replacing("-", with: "\\-")), "\(path) \(option)")
            }
        }
    }
}
