import ArgumentParser
import Diagnosis
import FoundationEssentials
import Glibc
import Measurement
import Reporting

struct DiagnoseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diagnose",
        abstract: "Test whether branches are lost when the counter interrupts, and give a verdict.",
        discussion: """
            Runs programs with known branch counts on one CPU, several times: with a counter alone, and beside a counter \
            that overflows and interrupts (each such interrupt is a PMI). Every count must equal the known one. One branch \
            more or less is a finding. As a positive control, some runs lose branches on purpose, and must be caught.

            Without a core PMU, truecount tests the kernel's perf core with a breakpoint counter. The verdict is then \
            'unsupported'.

            Examples:
              truecount diagnose
              truecount diagnose --thorough --cpu 4
              truecount diagnose --cpu 0-3,8
              truecount diagnose --cpu all
              truecount diagnose --period 10007 --period 1000003
              truecount diagnose --format json --output report.json
              truecount diagnose --report json=r.json --report junit=r.xml
              truecount diagnose --format ktap --exit-codes kselftest
              truecount diagnose --induce freeze-on-pmi
              truecount diagnose --pmu simulated:skylake-4.20,skid=5-40

            \(exitCodeHelp)

            Ctrl-C or SIGTERM stops the current run and reports the results so far, marked as interrupted. A second one \
            quits at once. It is no error if the reader of the output stops reading (| head).

            If --output names a file, standard error gets the verdict, the first reason, and the name of the file. On a \
            terminal, standard error shows the progress.
            """)

    private static let exitCodeHelp = """
        Exit codes:
          0   accurate: every count was exact, and the planted loss was found
          1   faulty: a fault was found and reproduced
          3   inconclusive: runs were disturbed or interrupted, or too few
          4   unsupported: no core PMU, no permission, or unknown CPU
          64  wrong usage
          70  internal error
          74  the report could not be written
        --exit-codes changes them. kselftest: 3 becomes 1. bisect: everything except
        0 and 1 becomes 125. automake: 4 becomes 77; 3, 64, 70 and 74 become 99.
        strict: everything except 0 becomes 1.
        """

    @Option(
        help: ArgumentHelp(
            "What to count with: hardware (the core PMU), breakpoint (a breakpoint counter), auto (the PMU if there is one), or a simulated PMU: simulated:MODEL or simulated:MODEL,KEY=VALUE,... (truecount list models).",
            valueName: "source"),
        completion: SourceOption.completion, transform: SourceOption.parse)
    var pmu: SourceOption = .auto

    @Option(
        help: ArgumentHelp(
            "Count this event instead of the CPU's own branch event: a libpfm4 name, or rHEX.", valueName: "name"))
    var event: String?

    @Option(
        help: ArgumentHelp(
            "Measure on this CPU instead of the first allowed one. A list (0-3,8) or 'all' measures several CPUs at the same time.",
            valueName: "list"), completion: CPUOption.completion)
    var cpu: CPUOption?

    @Option(
        help: ArgumentHelp(
            "Branches between two interrupts, at least 2. Can be repeated. Periods that need more than 2 seconds for one run are refused.",
            valueName: "branches"))
    var period: [UInt64] = []

    @Flag(help: "Allow --period values for which one run takes up to an hour.")
    var allowLongRuns = false

    @Option(
        help: ArgumentHelp(
            "Make each run this many times, at least once. A fault must show in 2 runs to count as found.",
            valueName: "number"))
    var runs: Int?

    @Flag(help: "Take about 2 seconds: fewer runs, one period.")
    var quick = false

    @Flag(
        help:
            "Take a minute or more: more runs, more periods. Finds a loss at one PMI in \(Effort.thorough.findsOnePMIIn)."
    )
    var thorough = false

    @Option(
        help: ArgumentHelp(
            "Run only this probe (truecount list probes), or 'arms': those that a verdict needs. Can be repeated.",
            valueName: "id"),
        completion: ProbeChoice.completion, transform: ProbeChoice.parse)
    var probe: [ProbeChoice] = []

    @Option(
        help: ArgumentHelp(
            "Seed for the order of the runs. Use a report's seed to repeat its diagnosis.", valueName: "number"))
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            "Positive control on real hardware (Intel, or AMD from Zen 4 on; root): set the CPU's freeze bit during the diagnosis. The verdict must be faulty.",
            valueName: "fault"))
    var induce: InduceOption?

    @OptionGroup var exitCodes: ExitCodeOption

    @Option(
        help: ArgumentHelp(
            "PMIs that the report lists one by one: sampled (at most 64 a run) or all. The verdict is the same.",
            valueName: "rows"))
    var ledgers: LedgerDetail = .sampled

    @OptionGroup var output: ReportOutputOptions

    /// A higher number would keep the machine for days and its ledgers would fill the memory.
    private static let mostRuns = 10_000

    func validate() throws {
        if quick && thorough { throw ValidationError("--quick and --thorough exclude each other") }
        for period in period {
            // perf_event_open(2) refuses periods with the highest bit (kernel commit 0819b2e30ccb).
            guard period >= 2, period < 1 << 63 else {
                throw ValidationError("--period \(period) is not between 2 and \(UInt64(1) << 63 - 1)")
            }
        }
        if let runs, !(1...Self.mostRuns).contains(runs) {
            throw ValidationError("--runs \(runs) is not between 1 and \(Self.mostRuns)")
        }
        if allowLongRuns, period.isEmpty {
            throw ValidationError("--allow-long-runs applies to --period, and there is none")
        }
    }

    func run() throws {
        let destinations = try output.destinations()
        let report = try diagnose(arguments: ProgramArguments.all)
        try output.write(report, to: destinations)
        StandardStreams.announce(report.headline, in: destinations.map(\.destination))
        throw ExitStatus(report.verdict)
    }

    /// - Parameter arguments: The words of the command line that the report is to name.
    func diagnose(arguments: [String]) throws -> Report {
        let startedAt = Date()
        Interruption.watch()
        let seed = seed ?? Self.freshSeed()
        let cpus = try TestedCPU.choose(cpu)
        let machine = Machine.read(cpu: try cpus.first ?? TestedCPU.choose(nil as Int?)).knowingWhatItsEventCounts()
        let result: DiagnosisResult
        if cpu == .all || cpus.count > 1 {
            result = try AllCPUs(cpus: cpus, options: options(seed: seed))
                .run(isInterrupted: { Interruption.isRequested })
        } else {
            let progress = Progress()
            defer { progress.erase() }
            result = try DiagnosisJob(options: options(seed: seed), machine: machine)
                .run(isInterrupted: { Interruption.isRequested }, progress: { progress.show($0) })
        }
        return Report(
            result: result, environment: result.source == .simulated ? machine : machine.atEndOfDiagnosis(),
            startedAt: startedAt, endedAt: Date(), arguments: arguments,
            seed: seed, model: pmu.model(seed: seed), ledgers: ledgers)
    }

    private func options(seed: UInt64) -> DiagnosisJob.Options {
        DiagnosisJob.Options(
            pmu: pmu, event: event, periods: period, runs: runs,
            effort: quick ? .quick : thorough ? .thorough : .standard, seed: seed, induce: induce,
            allowsLongRuns: allowLongRuns, probes: probe.reduce(into: []) { $0.formUnion($1.ids) })
    }

    /// A number that is short enough to type. It only has to differ from one diagnosis to the next.
    private static func freshSeed() -> UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return UInt64(UInt32(truncatingIfNeeded: now.tv_nsec ^ (now.tv_sec << 30)))
    }
}

extension LedgerDetail: ExpressibleByArgument {}

enum InduceOption: String, ExpressibleByArgument, CaseIterable {
    case freezeOnPMI = "freeze-on-pmi"
}
