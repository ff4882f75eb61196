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
        let (progress, report) = try #require(OnTerminal.split(outcome.output))
        let lines = progress.split(separator: "\r\u{1B}[K").map(String.init)
        #expect(lines.contains { $0.hasPrefix("uninterrupted runs · ") })
        let shares = lines.compactMap {
            $0.firstMatch(of: #/^[a-z ]+ · (\d+) % · run (\d+) of \d+ · \d+:\d\d/#).flatMap { Int($0.output.1) }
        }
        #expect(shares.count > 10 && shares.allSatisfy { (0...100).contains($0) })
        #expect(try #require(shares.first) < 10 && (try #require(shares.last)) > 60, "\(shares)")
        #expect(lines.allSatisfy { $0.count < 80 })
        #expect(!report.contains("\u{1B}[K") && !report.contains(" · run "))
    }

    @Test("In a long run time goes on, and Ctrl-C ends it")
    func heartbeat() throws {
        let arguments = Moment.longRun.arguments.dropLast(2).joined(separator: " ")
        let program = try RunningProgram(
            Program(path: "script"),
            ["-qec", "stty cols 80; exec \(Program.truecount.path) \(arguments)", "/dev/null"],
            environment: ["TERM": "xterm"])
        let beats = #/ % · run 1 of \d+ · \d+:\d\d/#
        #expect(program.read { Set($0.output.matches(of: beats).map { String($0.output) }).count >= 3 })
        program.type("\u{3}")
        let outcome = program.finish()
        #expect(outcome.termination == .exited(3), "\(outcome.output)")
        #expect(outcome.output.contains("interrupted (SIGINT): ending the run in hand"))
        #expect(outcome.output.contains("INCONCLUSIVE"))
    }

    @Test(
        "Experiments and verification show theirs",
        arguments: [
            ("verify", "tight-loop · 0 % · workload 1 of "),
            (
                "experiments --pmu breakpoint --events 30 --targets 5 --recordings 2",
                "record and replay · 0 % · experiment 1 of 5"
            ),
        ])
    func others(commandLine: String, line: String) throws {
        let outcome = try OnTerminal.run(commandLine)
        #expect(outcome.output.contains(line), "\(outcome.output)")
        let (_, report) = try #require(OnTerminal.split(outcome.output))
        #expect(!report.contains(line))
    }

    @Test("Where standard error is no terminal there is no progress")
    func noTerminal() throws {
        let outcome = try OnTerminal.run("\(quick) 2>/dev/null")
        #expect(outcome.termination == .exited(4))
        #expect(!outcome.output.contains(" · run ") && !outcome.output.contains("\u{1B}[K"))
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

    @Test(
        "--color decides where it is given",
        arguments: [("always", ["NO_COLOR": "1"], true), ("never", [:], false), ("auto", ["NO_COLOR": "1"], false)])
    func colourOption(choice: String, environment: [String: String], expected: Bool) throws {
        let onTerminal = try OnTerminal.run("\(quick) --color \(choice)", environment: environment)
        #expect(onTerminal.output.contains("\u{1B}[33mUNSUPPORTED") == expected)
        let piped = try Program.truecount.run(
            quick.split(separator: " ").map(String.init) + ["--color", choice], environment: environment)
        #expect(piped.output.contains("\u{1B}[33mUNSUPPORTED") == (choice == "always"))
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
