import CPerf
import Glibc
import SystemPackage

/// What ends a segment of the recorded program, and is an event of its timeline.
public enum EventKind: String, Codable, Sendable, Hashable, CaseIterable {
    /// A system call without effect (getppid(2)).
    case systemCall = "system-call"
    /// A signal that the program sends to itself (SIGUSR1).
    case signal
    /// A store to a page that is not there for it (SIGSEGV).
    case fault
    /// CPUID, which the kernel was told to refuse (SIGSEGV; arch_prctl(2), ARCH_SET_CPUID).
    case identification = "cpuid"
    /// The program's end: its last system call.
    case end

    /// Those that a program can be made of, in the order in which it draws them; each has one end besides.
    static let drawn: [EventKind] = [.systemCall, .signal, .fault, .identification]

    /// The kinds that this CPU and kernel offer, in that order.
    public static func available() -> [EventKind] {
        drawn.filter { $0 != .identification || identificationObstacle() == nil }
    }

    /// Why CPUID cannot be made to fault here, as a part of a sentence; nil where it can.
    static func identificationObstacle() -> String? {
        let result = cperf_identification_faults()
        guard result < 0 else { return nil }
        switch -result {
        case ENODEV: return "this CPU or its hypervisor cannot make CPUID fault"
        case ENOSYS, EINVAL: return "this kernel or this architecture has no CPUID faulting"
        case let number: return "arch_prctl: \(Errno(rawValue: number))"
        }
    }
}

/// What the recorded program does: how many segments, how long, and what ends them. The seed decides the rest.
///
/// A segment is a loop of two conditional branches an iteration, ended by an event. The same values are the same
/// program, on every machine of every architecture.
public struct RecordedProgram: Codable, Sendable, Hashable {
    /// Changes where the machine code or the drawing changes, so that an old timeline is not replayed by another
    /// program.
    public static let name = "seeded-segments-1"
    /// Recordings are held in memory, and a file of one has to stay readable.
    public static let mostSegments: UInt64 = 1 << 20
    public static let longestSegment: UInt64 = 1 << 28

    public let seed: UInt64
    /// Segments, and so events before the end; 1 to `mostSegments`.
    public let segments: UInt64
    /// Iterations of the shortest and of the longest segment; 1 to `longestSegment`.
    public let shortest: UInt64
    public let longest: UInt64
    /// What may end a segment, without the end; at least one.
    public let kinds: [EventKind]

    /// Nil where a value is out of its range.
    public init?(seed: UInt64, segments: UInt64, shortest: UInt64, longest: UInt64, kinds: [EventKind]) {
        guard
            (1...Self.mostSegments).contains(segments), (1...Self.longestSegment).contains(longest),
            (1...longest).contains(shortest), !kinds.isEmpty, kinds.count <= EventKind.drawn.count,
            kinds.allSatisfy(EventKind.drawn.contains)
        else { return nil }
        self.seed = seed
        self.segments = segments
        self.shortest = shortest
        self.longest = longest
        self.kinds = kinds
    }

    /// A program whose segments are as long as is usual on that source, of all kinds of events that this machine has.
    /// Nil where a value is out of its range.
    public init?(seed: UInt64, segments: UInt64, on source: CounterSource) {
        self.init(
            seed: seed, segments: segments, shortest: 1, longest: RecordedSegments.longest(on: source),
            kinds: EventKind.available())
    }

    /// The same program with another seed.
    func seeded(_ seed: UInt64) -> RecordedProgram {
        RecordedProgram(seed: seed, segments: segments, shortest: shortest, longest: longest, kinds: kinds) ?? self
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let program = RecordedProgram(
            seed: try values.decode(UInt64.self, forKey: .seed),
            segments: try values.decode(UInt64.self, forKey: .segments),
            shortest: try values.decode(UInt64.self, forKey: .shortest),
            longest: try values.decode(UInt64.self, forKey: .longest),
            kinds: try values.decode([EventKind].self, forKey: .kinds))
        guard let program else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "there is no such program"))
        }
        self = program
    }

    /// Events of a timeline, the end included.
    public var events: UInt64 { segments + 1 }
}

/// The segments of a recorded program, between two of its events: on a PMU as long as a recorder's are (rr interrupts
/// every few hundred thousand branches), a thousandth of that on breakpoints, each count of which costs microseconds.
public struct RecordedSegments: Sendable, Hashable {
    /// How many there are, and so events before the end.
    public var number: UInt64
    /// Iterations of the longest one; the shortest has 1.
    public var longest: UInt64

    /// Iterations of the longest segment, where nothing asks for shorter ones.
    public static func longest(on source: CounterSource) -> UInt64 { source == .breakpoint ? 40 : 40_000 }
    /// Counts between two overflows of a recording, where nothing asks for others.
    public static func period(on source: CounterSource) -> UInt64 { source == .breakpoint ? 97 : 200_003 }
    /// Counts of an iteration. A breakpoint is on one of its two branches.
    private static func countsPerIteration(on source: CounterSource) -> UInt64 { source == .breakpoint ? 1 : 2 }

    /// Counts of a segment of the usual length, on average.
    public static func meanCounts(on source: CounterSource) -> UInt64 {
        countsPerIteration(on: source) * longest(on: source) / 2
    }

    /// A program of about so many counts has at least so many events, however short its segments then are.
    private static let fewest: UInt64 = 100

    /// The program of a run of about so many counts.
    public init(counts: UInt64, on source: CounterSource) {
        number = max(Self.fewest, counts / Self.meanCounts(on: source))
        let mean = counts / number / Self.countsPerIteration(on: source)
        longest = min(max(1, 2 * mean), Self.longest(on: source))
    }
}
