import Diagnosis
import Measurement
import PerfEvents
import Workloads

/// Lines to paste into a shell: the diagnosis again, and the same comparison made with perf(1).
public struct ReportedCommands: Codable, Sendable, Hashable {
    /// The same diagnosis, on the same CPU, with its runs in the same order.
    public var reproduce: String
    /// The event of a workload, counted without a PMI. Absent where no core PMU counted: perf has no name for the other
    /// sources.
    public var perfStat: String?
    /// The same command with PMIs: only the sampler's period is another. On a healthy PMU both count the same.
    public var perfRecord: String?

    /// What follows from the rest of a report, for those that came without.
    public init(_ report: Report) {
        reproduce = Self.reproduce(report)
        guard report.source == .hardware, let event = Self.perfEvent(report), let run = report.simplestRun,
            let workload = Self.workload(of: run)
        else { return }
        func command(period: UInt64) -> String {
            "taskset -c \(run.cpu) perf record -o /dev/null -e \(event) -c \(period) -- "
                + "perf stat -e \(event) -- truecount workload \(workload)"
        }
        perfStat = command(period: Self.endlessPeriod)
        perfRecord = run.period.map(command)
    }

    /// A period that no workload reaches. A sampler with it, in place of none, because perf record adds to the environment of
    /// what it starts, and the start-up code of a program has some branches for each variable.
    private static let endlessPeriod: UInt64 = 1_000_000_000_000
    /// PMIs that the commands of perf are to take, about: what each loses adds up to what cannot be overlooked.
    private static let wantedPMIs = 1e3
    /// About a second's worth of branches.
    private static let mostBranches = 1e9

    /// "tight-loop 10000000": the workload of a run, for as many iterations as give many PMIs at the run's period.
    private static func workload(of run: RunRecord) -> String? {
        guard let workload = Workload.named(run.workload) else { return nil }
        let branches = workload.figures(iterations: max(1, run.iterations)).conditionalBranches
        let wanted = min(run.period.map { Double($0) * wantedPMIs } ?? mostBranches, mostBranches)
        let iterations = max(1, wanted / Double(max(1, branches)) * Double(max(1, run.iterations)))
        // Two digits that count are enough, and easier to type.
        var unit = 1.0
        while iterations / unit >= 100 { unit *= 10 }
        return "\(workload.name) \(UInt64(min((iterations / unit).rounded() * unit, 1e15)))"
    }

    /// Options that say where a report goes and how, and not what is measured, with the number of words each takes.
    private static let outputOptions = [
        "--output": 2, "-o": 2, "--color": 2, "--format": 2, "--report": 2, "--exit-codes": 2, "--redact": 1,
        "--seed": 2,
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

    /// `rHEX:u`, or `PMU/config=0xHEX/u` of perf-list(1) where the PMU has another name than x86's: hybrid CPUs need it. The
    /// code is the run's, because `--event` may have chosen another event than the machine's own; of a report whose runs
    /// have none, the machine's.
    private static func perfEvent(_ report: Report) -> String? {
        guard let run = report.runs.first, let pmu = report.environment.corePMU?.name,
            pmu.utf8.allSatisfy({ isSlugByte($0) }),
            let config = run.eventConfig
                ?? report.environment.branchEvents.first(where: { $0.name == run.event })?.event.config
        else { return nil }
        return pmu == "cpu" ? "r\(config.hex):u" : "\(pmu)/config=0x\(config.hex)/u"
    }
}

extension Report {
    /// Undisturbed runs with PMIs and nothing else besides, those first that show the worst fault.
    private var plainRuns: [RunRecord] {
        let shown = findingsInOrder.first.map { finding in finding.runs.map { runs[$0] } } ?? []
        for candidates in [shown, runs] {
            let plain = candidates.filter {
                $0.period != nil && $0.condition == nil && $0.planted == nil && !$0.isDisturbed
                    && $0.arm != .besideOtherEvent
            }
            let withBystander = plain.filter { $0.samplerCounted != nil }
            if !plain.isEmpty { return withBystander.isEmpty ? plain : withBystander }
        }
        return []
    }

    /// The run to show: with PMIs, and the most of them. Nil where no undisturbed run had any.
    var typicalRun: RunRecord? { plainRuns.max { $0.pmis < $1.pmis } }

    /// The run to repeat: of the plainest workload, if it shows the fault, too. Without PMIs, the first run.
    var simplestRun: RunRecord? {
        plainRuns.filter { $0.workload == Workload.all.first?.name }.max { $0.pmis < $1.pmis } ?? typicalRun
            ?? runs.first
    }
}

/// A word as a POSIX shell takes it for one, with nothing in it that a terminal obeys.
func shellQuoted(_ word: String) -> String {
    let plain = "-_=:,./+@%"
    let text = printable(word)
    guard text.isEmpty || !text.utf8.allSatisfy({ isSlugByte($0) || plain.utf8.contains($0) }) else { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
}
