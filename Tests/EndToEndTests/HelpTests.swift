import Testing

@Suite("Help")
struct HelpTests {
    @Test("Without arguments the help is shown")
    func noArguments() throws {
        let bare = try Program.truecount.run([])
        let help = try Program.truecount.run(["--help"])
        #expect(bare.termination == .exited(0))
        #expect(bare.output == help.output)
        #expect(help.output.contains("truecount diagnose"))
    }

    @Test("The version names program, commit and target, a line each")
    func version() throws {
        let outcome = try Program.truecount.run(["--version"])
        #expect(outcome.termination == .exited(0))
        let form =
            #/truecount [0-9]+\.[0-9]+\.[0-9]+\ncommit (unknown|[0-9a-f]{7,64})\ntarget (x86_64|aarch64)-linux\n/#
        #expect(outcome.output.wholeMatch(of: form) != nil, "\(outcome.output)")
    }

    @Test("Every subcommand explains itself within 80 columns, options and all")
    func subcommands() throws {
        let overview = try Program.truecount.run(["--help"]).output
        let names = overview.matches(of: #/\n  ([a-z]+) {2,}[A-Z]/#).map { String($0.output.1) }
        #expect(names.contains("diagnose"))
        for name in names {
            let outcome = try Program.truecount.run([name, "--help"])
            #expect(outcome.termination == .exited(0))
            #expect(outcome.output.hasPrefix("OVERVIEW: "))
            #expect(outcome.output.contains("Examples:"), "\(name)")
            // The synopsis is one line of ArgumentParser's; everything else is ours.
            for line in outcome.output.split(separator: "\n") where !line.hasPrefix("USAGE: ") {
                #expect(line.count <= 80, "\(line)")
            }
        }
    }

    @Test("Only what people look for is offered: no tool of developers, and no command of packagers")
    func offered() throws {
        let overview = try Program.truecount.run(["--help"]).output
        let names = Set(overview.matches(of: #/\n  ([a-z]+) {2,}[A-Z]/#).map { String($0.output.1) })
        let sought: Set = [
            "diagnose", "info", "explain", "report", "compare", "gate", "recipe", "list", "verify", "experiments",
        ]
        #expect(names.isSuperset(of: sought) && names.isDisjoint(with: ["man", "power", "matrix"]), "\(names)")
        // Hidden, and there all the same.
        #expect(try Program.truecount.run(["man", "--help"]).termination == .exited(0))
        #expect(try Program.truecount.run(["power"]).termination == .exited(64))
    }

    @Test("The help of diagnose names every exit code")
    func exitCodes() throws {
        let help = try Program.truecount.run(["help", "diagnose"]).output
        for code in ["0", "1", "3", "4", "64", "70", "74"] { #expect(help.contains("\n  \(code) ")) }
    }

    @Test("help takes a command, and one below another", arguments: [["diagnose"], ["list"], ["list", "events"], []])
    func commands(path: [String]) throws {
        let outcome = try Program.truecount.run(["help"] + path)
        #expect(outcome.termination == .exited(0))
        #expect(try outcome.output == Program.truecount.run(path + ["--help"]).output)
    }

    @Test("Wherever --output is, -o is, too")
    func shortOption() throws {
        for path in try CommandTree.all() {
            let help = try Program.truecount.run(path + ["--help"]).output
            #expect(help.contains("--output <") == help.contains("\n  -o, --output <"), "\(path)")
        }
    }

    @Test("Help for a full disk or a closed stream is an error in one line")
    func unwritable() throws {
        for output in [StandardOutput.path("/dev/full"), .closed] {
            let outcome = try Program.truecount.run(["--help"], output: output)
            #expect(outcome.termination == .exited(74))
            #expect(outcome.errorLines.count == 1)
            #expect(outcome.errors.hasPrefix("truecount: cannot write standard output: "))
        }
    }

    @Test("A reader that stopped reading is no error")
    func readerGone() throws {
        let outcome = try Program.truecount.run(["--help"], output: .unread)
        #expect(outcome.termination == .exited(0))
        #expect(outcome.errors.isEmpty)
    }
}
