import ArgumentParser
import Measurement
import Reporting

struct ExperimentsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiments",
        abstract: "Record and replay a known program, as rr does, and show what would fail here.",
        discussion: """
            Without a subcommand, runs all experiments.

            Examples:
              truecount experiments
              truecount experiments --events 1000
              truecount experiments record -o program.timeline
              truecount experiments replay program.timeline
            """,
        subcommands: [RunExperimentsCommand.self, RecordCommand.self, ReplayCommand.self],
        defaultSubcommand: RunExperimentsCommand.self)
}

struct RunExperimentsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run all experiments, and check for the six symptoms that rr's authors reported in 2018.",
        discussion: """
            A traced child runs a program with known branch counts. It is recorded with counter interrupts (PMIs), \
            replayed without them, and recorded several times more. Replays are stopped at recorded points. Several \
            children take turns, switched by PMI. A planted loss proves that a real one would be seen.

            When rr's authors found counters that freeze at a PMI in 2018, they reported six symptoms. Each is checked.

            Examples:
              truecount experiments
              truecount experiments --events 1000 --targets 1000
              truecount experiments --carry other-kernel.timeline
              truecount experiments --pmu breakpoint --plant 1-10
              truecount experiments --format json --output experiments.json

            Exit codes:
              0   all counts agree, with a core PMU
              1   some differ: rr would fail here
              3   interrupted or disturbed, or the planted loss was not seen
              4   nothing can be counted or traced here; or all counts agree, but only
                  a breakpoint counter was used
              64  wrong usage
              70  internal error
              74  a timeline could not be read, or the output not be written
            """)

    @OptionGroup var program: RecordingOptions

    @Option(help: ArgumentHelp("Make this many recordings, 2 to 1000.", valueName: "number"))
    var recordings = 5

    @Option(help: ArgumentHelp("Stop replays at this many recorded points, 1 to 100000.", valueName: "number"))
    var targets = 100

    @Option(
        help: ArgumentHelp("Also replay this timeline, from another kernel or CPU.", valueName: "file"),
        completion: .file())
    var carry: String?

    @Option(
        help: ArgumentHelp(
            "Demonstration: lose N, or N-M, branches at each interrupt in every experiment.", valueName: "range"
        ),
        transform: PlantOption.parse)
    var plant: PlantOption?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (2...1000).contains(recordings) else {
            throw ValidationError("--recordings \(recordings) is not between 2 and 1000")
        }
        guard (1...100_000).contains(targets) else {
            throw ValidationError("--targets \(targets) is not between 1 and 100000")
        }
    }

    func run() throws {
        let destination = try output.destination()
        Interruption.watch()
        let carried = try carry.map(readTimeline)
        let source = try RecordingSource(program.pmu, cpu: program.cpu)
        let plan = try experimentsPlan(source)
        let progress = Progress()
        defer { progress.erase() }
        let result = try recording { () throws(MeasurementError) in
            try source.recorder.experiments(plan, on: source.origin, carrying: carried) { name, number, all in
                progress.show(name, "experiment", number: number, of: all)
            }
        }
        progress.erase()
        let report = ExperimentsReport(result: result)
        try output.write(report, to: destination) { report.text(source, style: $0) }
        throw report.exitStatus
    }

    private func experimentsPlan(_ source: RecordingSource) throws(Failure) -> ExperimentsPlan {
        var plan = try program.plan(for: source, events: 200)
        if let plant { plan.planted = PlantedLosses(low: plant.low, high: plant.high, seed: plan.program.seed) }
        let isBreakpoint = source.events.source == .breakpoint
        // Each PMI of the recording offers a point, and a tenth more of them than are wanted: some come outside of the
        // loop.
        let counts = plan.program.segments * RecordedSegments.meanCounts(on: source.events.source)
        let spacing = counts / (UInt64(targets) + UInt64(targets) / 10 + 1)
        let shortest: UInt64 = isBreakpoint ? 2 : 10_000
        var whole = ExperimentsPlan(
            recording: plan, injectionPeriod: max(shortest, min(spacing, plan.period ?? .max)),
            skidLimit: source.skidLimit)
        whole.repetitions = recordings
        whole.targets = targets
        return whole
    }
}

/// `--plant`: how much to lose at each PMI.
struct PlantOption: Hashable {
    var low: UInt64
    var high: UInt64

    static func parse(_ text: String) throws -> PlantOption {
        let halves = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0) }
        guard let low = halves.first ?? nil, let high = halves.last ?? nil, halves.count <= 2, low >= 1, low <= high,
            high <= 10_000
        else { throw ValidationError("use a number from 1 to 10000, or a range of them such as 1-10") }
        return PlantOption(low: low, high: high)
    }
}
