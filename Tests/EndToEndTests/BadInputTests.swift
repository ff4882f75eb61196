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
            ("diagnose --cpu=-1", "--cpu -1 is not a CPU's number"),
            ("diagnose --pmu nuclear", "'nuclear' is invalid for '--pmu"),
            ("diagnose --format xml", "'xml' is invalid for '--format"),
            ("diagnose --seed -1", "--seed"),
            ("diagnose --colour", "Unknown option '--colour'"),
            ("diagnose now", "Unexpected argument 'now'"),
            ("diagnosis", "Unexpected argument 'diagnosis'"),
        ])
    func usage(commandLine: String, message: String) throws {
        try expectOneLine(commandLine, message, exitCode: 64)
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
