import Measurement
import PerfEvents

/// Lines to paste into a shell: the diagnosis again, and the same comparison made with perf(1).
public struct ReportedCommands: Codable, Sendable, Hashable {
    /// The same diagnosis, on the same CPU, with its runs in the same order.
    public var reproduce: String
    /// The event counted alone. `PROGRAM` stands for any program whose branches do not vary. Absent where no core PMU
    /// counted: perf has no name for the other sources.
    public var perfStat: String?
    /// The same count beside a sampler of the same event and period. It has to be the one of `perfStat`.
    public var perfRecord: String?

    /// What follows from the rest of a report, for those that came without.
    public init(_ report: Report) {
        reproduce = Self.reproduce(report)
        guard report.source == .hardware, let event = Self.perfEvent(report) else { return }
        let cpu = report.runs.first?.cpu ?? report.environment.processor.number
        let count = "perf stat -e \(event) -- PROGRAM"
        perfStat = "taskset -c \(cpu) \(count)"
        perfRecord = report.runs.lazy.compactMap(\.period).first.map {
            "taskset -c \(cpu) perf record -o /dev/null -e \(event) -c \($0) -- \(count)"
        }
    }

    /// Options that say where a report goes and how, and not what is measured, with the number of words each takes.
    private static let outputOptions = [
        "--output": 2, "--format": 2, "--report": 2, "--exit-codes": 2, "--redact": 1, "--seed": 2,
    ]

    private static func reproduce(_ report: Report) -> String {
        var words: [String] = []
        var skipped = 0
        for argument in report.arguments {
            if skipped > 0 {
                skipped -= 1
                continue
            }
            let name = argument.split(separator: "=", maxSplits: 1).first.map(String.init) ?? argument
            if let count = outputOptions[name] {
                skipped = argument.contains("=") ? 0 : count - 1
            } else {
                words.append(argument)
            }
        }
        if report.source != .simulated, let run = report.runs.first,
            !words.contains(where: { $0 == "--cpu" || $0.hasPrefix("--cpu=") })
        {
            words += ["--cpu", String(run.cpu)]
        }
        words += ["--seed", String(report.seed)]
        return (["truecount"] + words.map(shellQuoted)).joined(separator: " ")
    }

    /// `PMU/config=0xHEX/u` of perf-list(1), which hybrid CPUs need the PMU's name in. The code is the run's, because
    /// `--event` may have chosen another event than the machine's own; of a report whose runs have none, the machine's.
    private static func perfEvent(_ report: Report) -> String? {
        guard let run = report.runs.first, let pmu = report.environment.corePMU?.name,
            pmu.utf8.allSatisfy({ isSlugByte($0) }),
            let config = run.eventConfig
                ?? report.environment.branchEvents.first(where: { $0.name == run.event })?.event.config
        else { return nil }
        return "\(pmu)/config=0x\(String(config, radix: 16))/u"
    }
}

/// A word as a POSIX shell takes it for one, with nothing in it that a terminal obeys.
func shellQuoted(_ word: String) -> String {
    let plain = "-_=:,./+@%"
    let text = printable(word)
    guard text.isEmpty || !text.utf8.allSatisfy({ isSlugByte($0) || plain.utf8.contains($0) }) else { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
}
