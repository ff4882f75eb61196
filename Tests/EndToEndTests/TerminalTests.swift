import Glibc
import Testing

/// On a terminal, by way of script(1), which gives the program a pseudo-terminal.
@Suite("On a terminal", .enabled(if: OnTerminal.isPossible, "there is no script(1)"))
struct TerminalTests {
    private let quick = "diagnose --quick --pmu breakpoint --runs 1"

    @Test("Progress is written over and over on one line, and gone at the end")
    func progress() throws {
        let outcome = try OnTerminal.run(quick)
        #expect(outcome.termination == .exited(4))
        #expect(outcome.output.contains("\r\u{1B}[K"))
        #expect(outcome.output.contains(" · run "))
        let (_, report) = try #require(OnTerminal.split(outcome.output))
        #expect(!report.contains("\u{1B}[K") && !report.contains(" · run "))
    }

    @Test("Lines fit the terminal's width", arguments: [40, 60, 80])
    func width(columns: Int) throws {
        let outcome = try OnTerminal.run(quick, columns: columns)
        let (_, report) = try #require(OnTerminal.split(outcome.output))
        for line in OnTerminal.withoutColour(report).split(separator: "\r\n") {
            #expect(line.count <= columns, "\(line)")
        }
    }

    @Test(
        "Colour is for capable terminals whose owner wants it",
        arguments: [([:], true), (["NO_COLOR": "1"], false), (["NO_COLOR": ""], true), (["TERM": "dumb"], false)])
    func colour(environment: [String: String], expected: Bool) throws {
        let outcome = try OnTerminal.run(quick, environment: environment)
        let report = OnTerminal.split(outcome.output).map { String($0.report) } ?? outcome.output
        #expect(report.contains("\u{1B}[33mUNSUPPORTED") == expected)
        if environment["TERM"] == "dumb" { #expect(!outcome.output.contains("\u{1B}")) }
    }

    @Test("Ctrl-C ends the diagnosis after the run in hand and reports what is known, marked")
    func interruption() throws {
        let outcome = try OnTerminal.run("diagnose --thorough --pmu breakpoint", typing: "\u{3}")
        #expect([.exited(3), .exited(1)].contains(outcome.termination), "\(outcome.output)")
        #expect(outcome.output.contains("INTERRUPTED"))
        #expect(outcome.output.contains("INCONCLUSIVE"))
    }
}

enum OnTerminal {
    static let isPossible =
        (try? Program(path: "script").run(["-qec", "true", "/dev/null"]))?.termination == .exited(0)

    /// - Parameter typing: keys pressed once something has been shown.
    static func run(
        _ commandLine: String, columns: Int = 80, environment: [String: String] = [:], typing keys: String? = nil
    ) throws -> ProgramOutcome {
        let command = "stty cols \(columns); exec \(Program.truecount.path) \(commandLine)"
        return try Program(path: "script").run(
            ["-qec", command, "/dev/null"], environment: ["TERM": "xterm"].merging(environment) { $1 }, typing: keys)
    }

    /// What was shown before and after the progress line was erased for good.
    static func split(_ output: String) -> (progress: Substring, report: Substring)? {
        guard let end = output.ranges(of: "\r\u{1B}[K").last else { return nil }
        return (output[..<end.lowerBound], output[end.upperBound...])
    }

    static func withoutColour(_ text: some StringProtocol) -> String {
        String(text).replacing(#/\u{1B}\[[0-9;]*m/#, with: "")
    }
}
