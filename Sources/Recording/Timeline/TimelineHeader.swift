import Measurement
import PerfEvents

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
    public var counting: BranchCounting
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
        counting = BranchCounting(events)
        programName = RecordedProgram.name
        program = plan.program
        period = plan.period
        planted = plan.planted
    }

    /// Whether it can be replayed with these events by this build.
    ///
    /// - Parameter seed: the one that it has to be of; nil for any.
    public func check(_ counted: BranchCounting, seed: UInt64? = nil) throws(TimelineError) {
        guard origin.architecture == RecordingOrigin.architectureHere else {
            throw .otherArchitecture(file: origin.architecture, here: RecordingOrigin.architectureHere)
        }
        guard programName == RecordedProgram.name else { throw .otherProgram(programName) }
        if let seed, seed != program.seed { throw .otherSeed(file: program.seed, wanted: seed) }
        guard counting == counted else { throw .otherCounting(file: counting, wanted: counted) }
    }
}

extension TimelineHeader {
    /// Fields are a tag, a length and the value; a tag that is not known here is passed over.
    private enum Tag: UInt64 {
        case toolVersion = 1
        case kernel, processor, architecture, hypervisor, source, event, eventType, eventConfig
        case counting, programName, seed, segments, shortest, longest, kinds, period
        case plantedLow, plantedHigh, plantedSeed
    }

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        func field(_ tag: Tag, _ value: [UInt8]) {
            bytes.appendVarint(tag.rawValue)
            bytes.appendVarint(UInt64(value.count))
            bytes += value
        }
        func text(_ tag: Tag, _ value: String?) {
            if let value { field(tag, Array(value.utf8)) }
        }
        func number(_ tag: Tag, _ value: UInt64?) {
            guard let value else { return }
            var coded: [UInt8] = []
            coded.appendVarint(value)
            field(tag, coded)
        }
        text(.toolVersion, toolVersion)
        text(.kernel, origin.kernel)
        text(.processor, origin.processor)
        text(.architecture, origin.architecture)
        text(.hypervisor, origin.hypervisor)
        text(.source, source.rawValue)
        text(.event, event)
        number(.eventType, eventType)
        number(.eventConfig, eventConfig)
        text(.counting, counting.rawValue)
        text(.programName, programName)
        number(.seed, program.seed)
        number(.segments, program.segments)
        number(.shortest, program.shortest)
        number(.longest, program.longest)
        field(.kinds, program.kinds.map(\.rawValue))
        number(.period, period)
        number(.plantedLow, planted?.low)
        number(.plantedHigh, planted?.high)
        number(.plantedSeed, planted?.seed)
        return bytes
    }

    /// Nil where a field is missing, or says what nobody writes.
    init?(encoded: [UInt8]) {
        var fields: [UInt64: [UInt8]] = [:]
        var reader = ByteReader(encoded)
        while !reader.isAtEnd {
            guard let tag = reader.varint(), let value = reader.countedBytes() else { return nil }
            fields[tag] = value
        }
        func text(_ tag: Tag) -> String? {
            fields[tag.rawValue].flatMap { String(validating: $0, as: UTF8.self) }
        }
        func number(_ tag: Tag) -> UInt64? {
            fields[tag.rawValue].flatMap {
                var reader = ByteReader($0)
                return reader.varint()
            }
        }
        guard
            let toolVersion = text(.toolVersion), let kernel = text(.kernel), let processor = text(.processor),
            let architecture = text(.architecture), let source = text(.source).flatMap(CounterSource.init),
            let event = text(.event), let eventType = number(.eventType), let eventConfig = number(.eventConfig),
            let counting = text(.counting).flatMap(BranchCounting.init), let programName = text(.programName),
            let seed = number(.seed), let segments = number(.segments), let shortest = number(.shortest),
            let longest = number(.longest), let kinds = fields[Tag.kinds.rawValue],
            let program = RecordedProgram(
                seed: seed, segments: segments, shortest: shortest, longest: longest,
                kinds: kinds.compactMap(EventKind.init)), program.kinds.count == kinds.count
        else { return nil }
        self.toolVersion = toolVersion
        origin = RecordingOrigin(
            kernel: kernel, processor: processor, architecture: architecture, hypervisor: text(.hypervisor))
        self.source = source
        self.event = event
        self.eventType = eventType
        self.eventConfig = eventConfig
        self.counting = counting
        self.programName = programName
        self.program = program
        period = number(.period)
        if let low = number(.plantedLow), let high = number(.plantedHigh), let seed = number(.plantedSeed) {
            planted = PlantedLosses(low: low, high: high, seed: seed)
        }
    }
}
