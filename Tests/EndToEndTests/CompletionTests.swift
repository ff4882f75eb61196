import Foundation
import Testing

@Suite("Completions for shells")
struct CompletionTests {
    private func script(_ shell: String) throws -> String {
        let outcome = try Program.truecount.run(["--generate-completion-script", shell])
        #expect(outcome.termination == .exited(0) && outcome.errors.isEmpty)
        return outcome.output
    }

    /// What bash offers for a command line, whose last word may be begun.
    private func offers(_ words: [String]) throws -> [String] {
        let folder = try TemporaryFolder()
        try folder.add("completion", script("bash"))
        let program = Program.truecount.path
        let path = "\(program.prefix(upTo: program.lastIndex(of: "/") ?? program.startIndex)):/usr/bin:/bin"
        let outcome = try Program(path: "bash").run(
            [
                "-c",
                """
                source "$0" || exit
                COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
                COMP_TYPE=9; COMP_KEY=9
                _truecount truecount "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
                printf '%s\\n' "${COMPREPLY[@]}"
                """, "\(folder.path)/completion",
            ] + words, environment: ["PATH": path])
        #expect(outcome.termination == .exited(0), "\(outcome.errors)")
        return outcome.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    @Test("bash parses its script")
    func parses() throws {
        let folder = try TemporaryFolder()
        try folder.add("completion", script("bash"))
        let outcome = try Program(path: "bash").run(["-n", "\(folder.path)/completion"])
        #expect(outcome.termination == .exited(0) && outcome.errors.isEmpty, "\(outcome.errors)")
    }

    @Test(
        "bash completes commands, options and their values",
        arguments: [
            (["truecount", "diag"], ["diagnose"]), (["truecount", "rec"], ["recipe"]),
            (["truecount", "diagnose", "--pm"], ["--pmu"]), (["truecount", "diagnose", "--pmu", "b"], ["breakpoint"]),
            (["truecount", "experiments", "re"], ["record", "replay"]),
            (["truecount", "experiments", "record", "--pmu", ""], ["auto", "hardware", "breakpoint"]),
            (["truecount", "diagnose", "--exit-codes", "b"], ["bisect"]), (["truecount", "recipe", "la"], ["lava"]),
            (["truecount", "frob"], []),
        ])
    func completes(words: [String], expected: [String]) throws {
        #expect(try Set(offers(words)) == Set(expected))
    }

    @Test("The values of --pmu hold every simulated PMU")
    func simulated() throws {
        let models = try Program.truecount.run(["list", "models"]).output.split(separator: "\n")
            .map { "simulated:\($0.prefix { $0 != " " })" }
        let offered = try offers(["truecount", "diagnose", "--pmu", ""])
        #expect(Set(offered) == Set(["auto", "hardware", "breakpoint"] + models))
    }

    @Test("zsh and fish have theirs", arguments: [("zsh", "#compdef truecount"), ("fish", "complete -c 'truecount'")])
    func others(shell: String, mark: String) throws {
        let script = try script(shell)
        #expect(script.contains(mark) && script.contains("diagnose") && script.contains("breakpoint"))
    }
}
