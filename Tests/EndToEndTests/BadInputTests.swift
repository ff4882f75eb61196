import Testing

@Suite("What a mistake in the command line gets")
struct BadInputTests {
    @Test(
        "One clear line, and exit code 64",
        arguments: [
            ("diagnose --period 0", "--period 0 is not between 2 and 9223372036854775807"),
            ("diagnose --period 1", "--period 1 is not between 2 and 9223372036854775807"),
            ("diagnose --period 9223372036854775808", "--period 9223372036854775808 is not between"),
            ("diagnose --period 100 --period 1", "--period 1 is not between"),
            ("diagnose --period 18446744073709551616", "'18446744073709551616' is invalid for '--period"),
            ("diagnose --period ten", "'ten' is invalid for '--period"),
            ("diagnose --runs 0", "--runs 0 is not between 1 and"),
            ("diagnose --runs=-3", "--runs -3 is not between 1 and"),
            ("diagnose --runs 1000000000", "--runs 1000000000 is not between 1 and"),
            ("diagnose --quick --thorough", "--quick and --thorough exclude each other"),
            ("diagnose --cpu=-1", "'-1' is invalid for '--cpu"), ("diagnose --cpu 3-1", "'3-1' is invalid for '--cpu"),
            ("diagnose --cpu 9223372036854775807", "'9223372036854775807' is invalid for '--cpu"),
            ("diagnose --cpu 0,", "'0,' is invalid for '--cpu"),
            ("diagnose --cpu 0,99999", "--cpu 99999: this machine has no such CPU"),
            ("diagnose --cpu 0-2147483647", "this machine has no such CPU"),
            ("diagnose --allow-long-runs", "--allow-long-runs applies to --period"),
            ("diagnose --pmu nuclear", "'nuclear' is invalid for '--pmu"),
            ("diagnose --format xml", "'xml' is invalid for '--format"),
            ("diagnose --seed -1", "--seed"),
            ("diagnose --colour", "Unknown option '--colour'. Did you mean '--color'? See truecount diagnose --help"),
            ("diagnose --color blue", "'blue' is invalid for '--color"),
            ("diagnose --report jsn=x", "there is no format 'jsn'; did you mean json?"),
            ("gate --baseline b.json --report jsn=x", "there is no format 'jsn'; did you mean json?"),
            ("diagnose now", "Unexpected argument 'now'; see truecount diagnose --help"),
            ("diagnosis", "there is no command 'diagnosis'; did you mean diagnose?; truecount --help lists all"),
            ("help nosuch", "there is no command 'nosuch'; truecount --help lists all"),
            ("help diagnos", "there is no command 'diagnos'; did you mean diagnose?"),
            ("help list workload", "there is no command 'list workload'; did you mean workloads?"),
            ("help diagnose nosuch", "there is no command 'diagnose nosuch'"),
            ("list workload", "did you mean workloads?; truecount list --help lists all"),
            ("experiments recrod", "there is no command 'experiments recrod'; did you mean record?"),
            ("report", "Missing expected argument '<file>'; see truecount report --help"),
            ("nosuch", "there is no command 'nosuch'; truecount --help lists all"),
        ])
    func usage(commandLine: String, message: String) throws {
        try expectOneLine(commandLine, message, exitCode: 64)
    }

    @Test(
        "A period whose runs would take too long is refused, with the time and what would fit",
        arguments: ["breakpoint", "simulated:healthy-skylake"],
        ["9223372036854775807", "4611686018427387904", "1000000000000000000", "100000000000"])
    func longRuns(source: String, period: String) throws {
        let commandLine = "diagnose --quick --pmu \(source) --period \(period)"
        try expectOneLine(
            commandLine, "--period \(period): one run with 3 PMIs would take about ", exitCode: 64)
        try expectOneLine(commandLine, "; --allow-long-runs allows runs of an hour", exitCode: 64)
        if period.count > 15 {
            try expectOneLine(commandLine + " --allow-long-runs", " fit into an hour", exitCode: 64)
        }
    }

    @Test(
        "A recorder takes every period that it allows", arguments: ["9223372036854775807", "4611686018427387904", "2"])
    func periods(period: String) throws {
        let outcome = try Program.truecount.run(
            [
                "experiments", "--pmu", "breakpoint", "--events", "20", "--targets", "3", "--recordings", "2",
                "--period", period,
            ])
        // Without a PMI the planted loss is not seen, and that is said.
        #expect([.exited(3), .exited(4)].contains(outcome.termination), "\(outcome.errors)")
    }

    @Test(
        "A name that is not UTF-8 is refused, and nothing is written under another one",
        arguments: [
            #"list workloads -o "$(printf 'r\377')""#, #"report "$(printf 'r\377')""#,
            #"diagnose --quick --pmu breakpoint --report "$(printf 'json=\303(')""#,
        ])
    func bytes(commandLine: String) throws {
        let folder = try TemporaryFolder()
        let outcome = try Program(path: "sh").run(
            ["-c", "cd \"$1\" && exec \"$0\" \(commandLine)", Program.truecount.path, folder.path])
        #expect(outcome.termination == .exited(64))
        #expect(outcome.errorLines.count == 1 && outcome.errors.contains("is not valid UTF-8"), "\(outcome.errors)")
        #expect(try folder.files().isEmpty)
    }

    @Test(
        "An output that cannot be written is known before anything is measured, with exit code 74",
        arguments: [
            ("diagnose --output /nonexistent/report", "cannot write /nonexistent/report: No such file or directory"),
            ("diagnose --output /", "cannot write /: Is a directory"),
            ("diagnose --format json --output /dev/null/x", "cannot write /dev/null/x: Not a directory"),
        ])
    func output(commandLine: String, message: String) throws {
        try expectOneLine(commandLine, message, exitCode: 74)
    }

    private func expectOneLine(_ commandLine: String, _ message: String, exitCode: Int32) throws {
        let outcome = try Program.truecount.run(commandLine.split(separator: " ").map(String.init))
        #expect(outcome.termination == .exited(exitCode))
        #expect(outcome.output.isEmpty)
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errors.hasPrefix("truecount: "))
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
}
