import Testing

/// A command of truecount whose system calls are made to fail in a guest (`Agreement/system-calls` has its PMU and arguments).
struct InjectedCommand: Sendable, CustomTestStringConvertible {
    let row: String
    /// What it says when nothing fails, with its exit status.
    let undisturbed: (verdict: String, status: Int)
    /// What it may not say here, whatever fails, with its exit status.
    let wrong: (verdict: String, status: Int)
    var testDescription: String { row }

    static let all = [
        InjectedCommand(row: "induced", undisturbed: ("FAULTY", 1), wrong: ("ACCURATE", 0)),
        InjectedCommand(row: "guard", undisturbed: ("FAULTY", 1), wrong: ("ACCURATE", 0)),
        InjectedCommand(row: "healthy", undisturbed: ("ACCURATE", 0), wrong: ("FAULTY", 1)),
        InjectedCommand(row: "frozen", undisturbed: ("FAULTY", 1), wrong: ("ACCURATE", 0)),
        InjectedCommand(row: "experiments", undisturbed: ("DIFFERS", 1), wrong: ("NOTHING-DIFFERS", 0)),
    ]

    /// On each change those that have a register to put back.
    static let chosen = LabSettings.current.isWhole ? all : Array(all.prefix(2))
}

/// A line of `Agreement/inject.sh`: what became of one run.
struct InjectedRun: CustomStringConvertible {
    let description: String
    private let values: [Substring: Substring]

    init(_ line: Substring) {
        description = String(line)
        let words = line.split(separator: " ").prefix { !$0.hasPrefix("said=") }
        let pairs = words.map { $0.split(separator: "=", maxSplits: 1) }.filter { $0.count == 2 }
        values = Dictionary(pairs.map { ($0[0], $0[1]) }) { first, _ in first }
    }

    subscript(_ key: Substring) -> String { values[key].map { String($0) } ?? "" }
}

/// truecount on the hardware path, with every kind of system call made to fail by Debian's strace: at its middle use, or in
/// the whole lab at its first, its middle and its last and from the first on.
@Suite(
    "When a system call fails in the guest lab", .enabled(if: LabSettings.current.isOn, LabSettings.howToAsk),
    .enabled(if: LabSettings.current.rowPattern == nil, "TRUECOUNT_LAB_ROWS asks for rows only"))
struct SystemCallTests {
    @Test(
        "No crash, no hang, no wrong verdict, no process and no register left over", NeedsGuestLab(),
        arguments: InjectedCommand.chosen)
    func injected(command: InjectedCommand) async throws {
        let arguments = LabSettings.current.isWhole ? ["-a", command.row] : [command.row]
        let guest = try await GuestLab.shared.run(script: "system-calls", arguments)
        print(guest.output)
        #expect(guest.status == 0, "\(guest.errors)")
        let lines = guest.output.split(separator: "\n")
        let undisturbed = InjectedRun(try #require(lines.first { $0.hasPrefix("undisturbed ") }))
        #expect(undisturbed["verdict"] == command.undisturbed.verdict, "\(undisturbed)")
        #expect(undisturbed["status"] == "\(command.undisturbed.status)", "\(undisturbed)")
        expectNothingLeftOver(undisturbed)
        let runs = lines.filter { $0.hasPrefix("injected ") }.map { InjectedRun($0) }
        #expect(lines.contains("injections=\(runs.count)"), "not all were made, or not all are told")
        let calls =
            command.row == "guard" ? ["fcntl", "read", "pwrite64"] : ["perf_event_open", "ioctl", "mmap", "wait4"]
        #expect(Set(runs.map { $0["call"] }).isSuperset(of: calls))
        for run in runs { expectDecency(of: run, command) }
    }

    /// Accurate, faulty, inconclusive, unsupported, usage, internal, I/O; and who exits 0 or 1 has said why.
    private func expectDecency(of run: InjectedRun, _ command: InjectedCommand) {
        #expect(["0", "1", "3", "4", "64", "70", "74"].contains(run["status"]), "\(run)")
        #expect(run["verdict"] != command.wrong.verdict && run["status"] != "\(command.wrong.status)", "\(run)")
        let isJudged = run["verdict"] == command.undisturbed.verdict
        let isUnwritten = run["call"] == "write" && run["verdict"] == "none"
        #expect(isJudged == (run["status"] == "\(command.undisturbed.status)") || isUnwritten, "\(run)")
        #expect(["0", "1"].contains(run["errors"]), "\(run)")
        #expect(run["verdict"] != "none" || run["errors"] == "1" || run["call"] == "write", "\(run)")
        // How often a call is made may differ from run to run: the last use of one run need not come in the next.
        #expect(run["made"] != "0" || run["when"] == run["calls"], "\(run)")
        expectNothingLeftOver(run)
    }

    private func expectNothingLeftOver(_ run: InjectedRun) {
        #expect(run["left"] == "0", "\(run)")
        #expect(run["debugctl"] == "kept", "\(run)")
    }
}
