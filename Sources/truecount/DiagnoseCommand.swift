import ArgumentParser
import Diagnosis
import FoundationEssentials
import Glibc
import Measurement
import Reporting

struct DiagnoseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diagnose",
        abstract: "Measure whether branches are lost when the counter interrupts, and give a verdict.",
        discussion: """
            Every workload runs alone and beside a counter that interrupts, several times, on one CPU. Each count must be \
            equal to the known one; a single branch more or less is a finding. A planted loss proves that a loss would be \
            seen. Without a core PMU the kernel's perf core is checked with a breakpoint counter, and the verdict is \
            'unsupported'.

            Examples:
              truecount diagnose
              truecount diagnose --thorough --cpu 4
              truecount diagnose --cpu all
              truecount diagnose --period 10007 --period 1000003
              truecount diagnose --format json --output report.json
              truecount diagnose --report json=r.json --report junit=r.xml
              truecount diagnose --format ktap --exit-codes kselftest
              truecount diagnose --induce freeze-on-pmi
              truecount diagnose --pmu simulated:skylake-4.20,skid=5-40

            \(exitCodeHelp)

            Ctrl-C ends the diagnosis after the run in hand and reports what is known by then, marked as interrupted; the \
            exit code is that of the verdict. A second Ctrl-C ends it at once. A reader that stops reading (| head) \
            changes neither.
            """)

    private static let exitCodeHelp = """
        Exit codes:
          0   accurate: every count was exact, and a planted loss was found
          1   faulty: a fault was found and reproduced
          3   inconclusive: disturbed or interrupted, or too little was seen
          4   unsupported: no core PMU, no permission, or no event for this CPU
          64  a mistake in the command line
          70  a mistake in truecount
          74  the report could not be written
        --exit-codes changes them. kselftest: 3 becomes 1. bisect: all but 0 and 1
        become 125. automake: 4 becomes 77, and 3, 64, 70 and 74 become 99. strict:
        all but 0 become 1.
        """

    @Option(
        help: ArgumentHelp(
            "What counts: the core PMU (hardware), a breakpoint counter (breakpoint), the PMU if there is one (auto), or a model of one (simulated:MODEL, or simulated:MODEL,KEY=VALUE,...; see truecount list models).",
            valueName: "source"),
        completion: SourceOption.completion, transform: SourceOption.parse)
    var pmu: SourceOption = .auto

    @Option(
        help: ArgumentHelp(
            "Count this event instead of the CPU's own: a name of libpfm4's, or rHEX.", valueName: "name"))
    var event: String?

    @Option(
        help: ArgumentHelp(
            "Measure on this CPU instead of the first allowed one, or on all of them at the same time (all).",
            valueName: "number"))
    var cpu: CPUOption?

    @Option(help: ArgumentHelp("Branches between two interrupts, at least 2; may be repeated.", valueName: "branches"))
    var period: [UInt64] = []

    @Option(
        help: ArgumentHelp(
            "Make each run so many times, at least 1; a fault has to show in 2 to be called one.", valueName: "number"))
    var runs: Int?

    @Flag(help: "Two seconds: fewer runs, one period.")
    var quick = false

    @Flag(
        help:
            "A minute and more: more runs, more periods; finds a loss at one PMI in \(Effort.thorough.findsOnePMIIn)."
    )
    var thorough = false

    @Option(
        help: ArgumentHelp(
            "Ask only this probe (truecount list probes), or those that a verdict needs (arms); may be repeated.",
            valueName: "id"),
        transform: ProbeChoice.parse)
    var probe: [ProbeChoice] = []

    @Option(
        help: ArgumentHelp(
            "Seed of the runs' order; the one that a report names repeats its diagnosis.", valueName: "number"))
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            "Make the CPU's counters freeze while it is diagnosed (freeze-on-pmi; Intel, root): a control, which must be found.",
            valueName: "fault"))
    var induce: InduceOption?

    @OptionGroup var exitCodes: ExitCodeOption

    @Option(
        help: ArgumentHelp(
            "Rows of the ledgers that the report keeps: sampled, up to 64 a run, or all; what is found is the same.",
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
        if let number = cpu?.number, number < 0 { throw ValidationError("--cpu \(number) is not a CPU's number") }
    }

    func run() throws {
        let destinations = try output.destinations()
        let report = try diagnose(arguments: ProgramArguments.all)
        try output.write(report, to: destinations)
        throw ExitStatus(report.verdict)
    }

    /// - Parameter arguments: The words of the command line that the report is to name.
    func diagnose(arguments: [String]) throws -> Report {
        let startedAt = Date()
        let seed = seed ?? Self.freshSeed()
        Interruption.watch()
        var progress = ProgressLine()
        defer { progress.erase() }
        let machine = Machine.read(cpu: try TestedCPU.choose(cpu?.number))
        let result =
            cpu == .all
            ? try AllCPUs(options: options(seed: seed)).run(isInterrupted: { Interruption.isRequested })
            : try DiagnosisJob(options: options(seed: seed), machine: machine)
                .run(isInterrupted: { Interruption.isRequested }, progress: { progress.show($0) })
        progress.erase()
        return Report(
            result: result, environment: machine, startedAt: startedAt, endedAt: Date(), arguments: arguments,
            seed: seed, model: pmu.model(seed: seed), ledgers: ledgers)
    }

    private func options(seed: UInt64) -> DiagnosisJob.Options {
        DiagnosisJob.Options(
            pmu: pmu, event: event, periods: period, runs: runs,
            effort: quick ? .quick : thorough ? .thorough : .standard, seed: seed, induce: induce,
            probes: probe.reduce(into: []) { $0.formUnion($1.ids) })
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
