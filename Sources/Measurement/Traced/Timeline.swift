import PerfEvents

/// One event of a recorded program: what a recorder would note down there.
public struct TimelineRow: Codable, Sendable, Hashable {
    /// Its number in its run, from 0.
    public var event: UInt64
    /// What the program did: `system-call`, `signal`, `fault`, `cpuid` or `end`.
    public var kind: String
    /// PMIs that came before it in its run.
    public var pmisBefore: UInt64
    /// Counts that the closed form says there.
    public var expected: UInt64
    /// What the counter said.
    public var counted: UInt64

    public init(event: UInt64, kind: String, pmisBefore: UInt64, expected: UInt64, counted: UInt64) {
        self.event = event
        self.kind = kind
        self.pmisBefore = pmisBefore
        self.expected = expected
        self.counted = counted
    }

    /// Counts missing up to this event; negative for a surplus.
    public var lossSoFar: Int64 { Int64(bitPattern: expected &- counted) }
}

/// Where a PMI stopped the program, and what the counter said there. PMIs come where they come: no replay compares
/// them.
public struct RecordedPMI: Codable, Sendable, Hashable {
    /// Number of the event that comes next.
    public var event: UInt64
    public var count: UInt64
    /// The instruction pointer, in bytes from the program's first instruction.
    public var offset: UInt32
    /// Iterations of the segment not yet completed: with the events that came before, the program's own proof of where
    /// it was.
    public var remaining: UInt64
}

/// A recording as it is kept: what it is of, its events and its PMIs, in order.
public struct Timeline: Codable, Sendable, Hashable {
    public var header: TimelineHeader
    public var events: [TimelineRow]
    public var pmis: [RecordedPMI]

    public init(_ header: TimelineHeader, _ recording: Recording) {
        self.header = header
        events = recording.events
        pmis = recording.pmis
    }
}

/// What a timeline is of.
public struct TimelineHeader: Codable, Sendable, Hashable {
    /// The truecount that wrote it.
    public var toolVersion: String
    public var origin: RecordingOrigin
    public var source: CounterSource
    /// The counted event's name, and its `type` and `config` words (perf_event_open(2)).
    public var event: String
    public var eventType: UInt64
    public var eventConfig: UInt64
    public var counting: CountedBranches
    /// `RecordedProgram.name`.
    public var programName: String
    public var program: RecordedProgram
    /// Counts between two overflows; nil for a recording without PMIs.
    public var period: UInt64?
    /// Losses that truecount itself planted; absent in every recording but a control's.
    public var planted: PlantedLosses?

    /// The header of a recording that is made here.
    public init(_ plan: RecordingPlan, _ events: CountedEvents, origin: RecordingOrigin, toolVersion: String) {
        self.toolVersion = toolVersion
        self.origin = origin
        source = events.source
        event = events.name
        switch events.kind {
        case .breakpoint: (eventType, eventConfig) = (5, 0)  // PERF_TYPE_BREAKPOINT; the address differs in each run
        case .hardware(let rcb, _): (eventType, eventConfig) = (UInt64(rcb.event.type), rcb.event.config)
        }
        counting = events.counts
        programName = RecordedProgram.name
        program = plan.program
        period = plan.period
        planted = plan.planted
    }

    /// Whether it can be replayed with these events by this build.
    ///
    /// - Throws: ``MeasurementError/timeline(_:)``.
    func check(_ events: CountedEvents) throws(MeasurementError) {
        guard origin.architecture == RecordingOrigin.architectureHere else {
            throw .timeline(
                "the timeline was recorded on \(origin.architecture), and this is \(RecordingOrigin.architectureHere): the program's machine code differs"
            )
        }
        guard programName == RecordedProgram.name else {
            throw .timeline(
                "the timeline is of the program \(programName), and this truecount has only \(RecordedProgram.name)")
        }
        guard counting == events.counts else {
            throw .timeline("the timeline counts \(counting.words), and here \(events.counts.words) would be counted")
        }
    }
}

/// Where a timeline was recorded, or is replayed.
public struct RecordingOrigin: Codable, Sendable, Hashable {
    /// Release of the kernel, as `uname -r` prints it.
    public var kernel: String
    /// The CPU's vendor, family, model and stepping, or its name.
    public var processor: String
    /// As `uname -m` prints it.
    public var architecture: String
    /// Whose guest it is, where it is one and says so.
    public var hypervisor: String?

    public init(kernel: String, processor: String, architecture: String, hypervisor: String? = nil) {
        self.kernel = kernel
        self.processor = processor
        self.architecture = architecture
        self.hypervisor = hypervisor
    }

    public init(_ machine: Machine) {
        let identity = machine.processor.identity ?? machine.processor.name ?? "unknown CPU"
        self.init(
            kernel: machine.kernel.release ?? "unknown",
            processor: machine.processor.microarchitecture.map { "\(identity) (\($0))" } ?? identity,
            architecture: Self.architectureHere, hypervisor: machine.hypervisor?.name)
    }

    /// The architecture that this program was built for.
    public static let architectureHere: String = {
        #if arch(x86_64)
            "x86_64"
        #elseif arch(arm64)
            "aarch64"
        #else
            "unknown"
        #endif
    }()
}

/// The rows of a timeline as columns, a list for each. Where rows are the first ones, where no PMI came before any, and
/// where every count is the expected one, that column is left out.
struct TimelineColumns: Codable {
    private var event: [UInt64]?
    /// Every kind once, and of each row its place there.
    private var kinds: [String]
    private var kind: [Int]
    private var pmisBefore: [UInt64]?
    private var expected: [UInt64]
    private var counted: [UInt64]?

    init(_ rows: [TimelineRow]) {
        let kinds = Set(rows.map(\.kind)).sorted()
        self.kinds = kinds
        kind = rows.map { kinds.firstIndex(of: $0.kind) ?? 0 }
        if rows.enumerated().contains(where: { UInt64($0.offset) != $0.element.event }) { event = rows.map(\.event) }
        if rows.contains(where: { $0.pmisBefore != 0 }) { pmisBefore = rows.map(\.pmisBefore) }
        expected = rows.map(\.expected)
        if rows.contains(where: { $0.counted != $0.expected }) { counted = rows.map(\.counted) }
    }

    /// Nil where the columns do not belong together.
    var rows: [TimelineRow]? {
        let lengths = [event?.count, kind.count, pmisBefore?.count, counted?.count]
        guard lengths.allSatisfy({ $0 == nil || $0 == expected.count }), kind.allSatisfy(kinds.indices.contains) else {
            return nil
        }
        return expected.indices.map {
            TimelineRow(
                event: event?[$0] ?? UInt64($0), kind: kinds[kind[$0]], pmisBefore: pmisBefore?[$0] ?? 0,
                expected: expected[$0], counted: counted?[$0] ?? expected[$0])
        }
    }
}
