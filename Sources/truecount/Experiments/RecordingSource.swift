import ArgumentParser
import Diagnosis
import Glibc
import Measurement
import PerfEvents
import Reporting

/// `--events`, `--seed`, `--period`, `--pmu` and `--cpu`: what is recorded, by what, and where.
struct RecordingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Number of events in the program, at least 1, not counting its end.", valueName: "number"))
    var events: UInt64?

    @Option(help: ArgumentHelp("Seed of the program. The same seed gives the same program.", valueName: "number"))
    var seed: UInt64?

    @Option(help: ArgumentHelp("Branches between two interrupts, at least 2.", valueName: "branches"))
    var period: UInt64?

    @Option(
        help: ArgumentHelp("What to count with: hardware, breakpoint, or auto.", valueName: "source"),
        completion: SourceOption.measuringCompletion, transform: SourceOption.parse)
    var pmu: SourceOption = .auto

    @Option(help: ArgumentHelp("Record on this CPU instead of the first allowed one.", valueName: "number"))
    var cpu: Int?

    func validate() throws {
        if let events, !(1...RecordedProgram.mostSegments).contains(events) {
            throw ValidationError("--events \(events) is not between 1 and \(RecordedProgram.mostSegments)")
        }
        // perf_event_open(2) refuses periods with the highest bit (kernel commit 0819b2e30ccb).
        if let period, !(2..<(1 << 63)).contains(period) {
            throw ValidationError("--period \(period) is not between 2 and \(UInt64(1) << 63 - 1)")
        }
    }

    /// Lengths and periods as a recorder's are (``RecordedSegments``).
    func plan(for source: RecordingSource, events defaultEvents: UInt64) throws(Failure) -> RecordingPlan {
        let program = RecordedProgram(
            seed: seed ?? Self.freshSeed(), segments: events ?? defaultEvents, on: source.events.source)
        guard let program else { throw .software("a program that cannot be") }
        return RecordingPlan(program: program, period: period ?? RecordedSegments.period(on: source.events.source))
    }

    /// A number that is short enough to type. It only has to differ from one recording to the next.
    private static func freshSeed() -> UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return UInt64(UInt32(truncatingIfNeeded: now.tv_nsec ^ (now.tv_sec << 30)))
    }
}

/// What counts in a recording, and where.
struct RecordingSource {
    let events: CountedEvents
    let machine: Machine
    /// Nil where there is no PMU and breakpoints stand in for it.
    let rcb: RCBEvent?

    var cpu: Int { machine.processor.number }
    var origin: RecordingOrigin { RecordingOrigin(machine) }
    var recorder: Recorder { Recorder(events, cpu: cpu, isInterrupted: { Interruption.isRequested }) }

    /// - Throws: a failure with the reason where nothing can be counted.
    init(_ option: SourceOption, cpu: Int?) throws(Failure) {
        machine = Machine.read(cpu: try TestedCPU.choose(cpu)).knowingWhatItsEventCounts()
        switch try CounterChoice.choose(option, event: nil, on: machine) {
        case .hardware(let event): rcb = event
        case .breakpoint: rcb = nil
        case .simulated:
            throw .usage("--pmu simulated: a child process runs on the real machine; use hardware or breakpoint")
        case .unsupported(_, let reason): throw Failure(status: .unsupported, message: reason)
        }
        events = rcb.map(CountedEvents.hardware) ?? CountedEvents(.breakpoint)
    }

    /// Counts by which a replay's interrupt is programmed short of its target: rr's own limit for this CPU
    /// (PerfCounters.cc), its largest where there is none. A breakpoint has no skid.
    var skidLimit: UInt64 {
        switch rcb {
        case let rcb?: rcb.skidLimit ?? 10_000
        case nil: 8
        }
    }

    /// What heads every output: which kernel and CPU, what is counted there, and what that cannot tell.
    func heading(_ work: String, style: TextStyle) -> [String] {
        var lines = style.wrapped(printable(Self.place(origin)), hanging: 2)
        lines += style.wrapped("\(work) on CPU \(cpu), counting \(printable(events.name))", hanging: 2)
        if rcb == nil {
            lines += style.wrapped(
                "BREAKPOINT COUNTER · this checks the kernel's perf core; whether PMIs lose branches cannot be tested here",
                hanging: 2)
        }
        return lines + [""]
    }

    /// "Linux 6.12 · Intel 06-5e-03 (Skylake) · guest of QEMU".
    static func place(_ origin: RecordingOrigin) -> String {
        let facts: [String?] = [
            "Linux \(origin.kernel)", origin.processor, origin.hypervisor.map { "guest of \($0)" },
        ]
        return facts.compactMap { $0 }.joined(separator: " · ")
    }
}

/// Runs a part of a recording, and makes of its errors what a person reads.
func recording<Value>(_ body: () throws(MeasurementError) -> Value) throws(Failure) -> Value {
    do {
        return try body()
    } catch {
        // What was interrupted may have failed in any way.
        if Interruption.isRequested {
            throw Failure(status: .inconclusive, message: "interrupted; nothing was kept")
        }
        switch error {
        case .timeline: throw Failure(status: .inputOutput, message: printable(error.description))
        case .interrupted, .child: throw Failure(status: .inconclusive, message: error.description)
        case _ where error.isUnsupportedForRecorder: throw Failure(status: .unsupported, message: error.description)
        case .cannotPin: throw Failure(status: .usage, message: error.description)
        default: throw .software(error.description)
        }
    }
}

/// Reads a timeline's file, and makes of what is wrong with it what a person reads.
func readTimeline(_ path: String) throws(Failure) -> Timeline {
    do {
        return try TimelineFile.read(path)
    } catch {
        throw Failure(status: .inputOutput, message: error.description)
    }
}

extension ExitStatus {
    init(differs: Bool, isDisturbed: Bool) {
        self = isDisturbed ? .inconclusive : differs ? .faulty : .success
    }
}

extension OutputOptions.Format {
    /// Shows what `record` and `replay` have found.
    func show(_ value: some Encodable, _ colour: ColourChoice, text: (TextStyle) -> String) throws {
        switch self {
        case .text: try StandardStreams.show(text(Terminal.style(for: .standardOutput, colour)))
        case .json: try StandardStreams.write(try ReportJSON.encode(value), to: .standardOutput)
        }
    }
}

/// Answers of recordings and replays, as a part of a line.
enum RecordingText {
    /// "yes", or "no: from event 12 (fault) on, after 3 PMIs, 10 less than recorded; 40 less at the end".
    static func answer(_ check: CountCheck, _ reference: String) -> String {
        guard let first = check.first else { return "yes" }
        let pmis = first.pmisBefore == 0 ? "before any PMI" : "after \(Figures.counted(first.pmisBefore, "PMI"))"
        return
            "no: from event \(first.event) (\(first.kind)) on, \(pmis), \(size(first.deficit)) than \(reference); "
            + "\(Figures.counted(check.differing, "event")) in all, \(size(check.deficitAtEnd)) at the end"
    }

    static func answer(_ atPMIs: PMICheck) -> String {
        guard let apparent = atPMIs.apparentSkid else { return "none came" }
        let skid = atPMIs.skid.map { "skid \(range($0)), by the counter \(range(apparent))" }
        guard atPMIs.located > 0 else { return "apparent skid \(range(apparent))" }
        guard atPMIs.losing > 0 else { return "yes; skid \(range(apparent))" }
        return
            "no: \(Figures.counted(atPMIs.losing, "PMI")) had lost counts when the interrupt came; \(skid ?? "")"
    }

    /// "10 less", "3 more", "as many".
    static func size(_ deficit: Int64) -> String {
        deficit == 0
            ? "as many" : Figures.grouped(deficit.magnitude) + (deficit > 0 ? " less" : " more")
    }

    static func range(_ range: SkidRange) -> String {
        range.min == range.max ? range.min.grouped : "\(range.min.grouped) to \(range.max.grouped)"
    }

    static func lines(_ table: TextTable, _ style: TextStyle) -> [String] {
        table.render(style).split(separator: "\n").map(String.init)
    }
}
