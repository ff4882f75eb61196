import Testing

@Suite("Exit codes in other worlds' words")
struct ReportExitCodeTests {
    /// What to run, and how it ends: native, kselftest, bisect, automake, strict.
    private static let table: [(arguments: String, codes: [Int32])] = [
        ("diagnose --quick --pmu simulated:healthy-skylake", [0, 0, 0, 0, 0]),
        ("diagnose --quick --pmu simulated:skylake-4.20", [1, 1, 1, 1, 1]),
        ("diagnose --quick --pmu simulated:full-ring --seed 7", [3, 1, 125, 99, 1]),
        ("diagnose --pmu breakpoint --induce freeze-on-pmi", [4, 4, 125, 77, 1]),
        ("diagnose --period 0", [64, 64, 125, 99, 1]),
        ("diagnose --no-such-option", [64, 64, 125, 99, 1]),
        ("diagnose --quick --pmu simulated:healthy-skylake --output /nonexistent/r", [74, 74, 125, 99, 1]),
    ]

    @Test("Each verdict and each error, in each convention", arguments: table.indices)
    func codes(row: Int) throws {
        let (line, codes) = Self.table[row]
        let arguments = line.split(separator: " ").map(String.init)
        for (convention, code) in zip(["native", "kselftest", "bisect", "automake", "strict"], codes) {
            for option in [["--exit-codes", convention], ["--exit-codes=\(convention)"]] {
                let outcome = try Program.truecount.run(arguments + option)
                #expect(outcome.termination == .exited(code), "\(line) \(option)")
            }
        }
        #expect(try Program.truecount.run(arguments).termination == .exited(codes[0]))
    }

    @Test("A convention that there is not is a mistake in the command line")
    func unknown() throws {
        let outcome = try Program.truecount.run(["diagnose", "--exit-codes", "mine"])
        #expect(outcome.termination == .exited(64))
        #expect(outcome.errors.contains("'mine' is invalid for '--exit-codes"))
    }
}
