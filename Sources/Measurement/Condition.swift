/// What a run does besides the four arms, because a fault shows only then.
///
/// Runs under a condition are kept apart from the others: they serve the probe that asked for them, and no other rule
/// rests on them. Reports write them as `migration`, or with a level as `precise=2`.
public struct Condition: Sendable, Hashable {
    public struct Kind: OpenName {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        /// The program moves to another CPU and back at PMIs (rr issue 3607).
        public static let migration = Kind(rawValue: "migration")
        /// Another process wants the same CPU all the time, so that the program's counters are switched.
        public static let sharedCPU = Kind(rawValue: "shared-cpu")
        /// Signals are delivered to the program all the time, to a handler without a conditional branch.
        public static let signals = Kind(rawValue: "signals")
        /// The sampler is opened with a long period and gets the plan's by `PERF_EVENT_IOC_PERIOD` while it is enabled
        /// (rr check_for_ioc_period_bug).
        public static let periodChange = Kind(rawValue: "period-change")
        /// The counted event is a checkpointed one, Intel's IN_TXCP (rr check_for_kvm_in_txcp_bug).
        public static let checkpointed = Kind(rawValue: "checkpointed")
        /// The counter is also read from user space, with the counter-reading instruction (`rdpmc`).
        public static let userSpaceRead = Kind(rawValue: "user-space-read")
        /// Another sampler, of cycles, on the whole CPU, interrupts at a high rate, as the NMI watchdog does at a low
        /// one.
        public static let antagonist = Kind(rawValue: "antagonist")
        /// The sampler also takes branch stacks (LBR).
        public static let branchStack = Kind(rawValue: "branch-stack")
        /// The sampler asks for a precise instruction pointer; the level is `precise_ip`, 1 to 3.
        public static let precise = Kind(rawValue: "precise")
        /// So many further pinned counters of the same event are open; the level is their number.
        public static let extraCounters = Kind(rawValue: "extra-counters")
        /// The sampler interrupts more and more often, until the kernel throttles it.
        public static let highRate = Kind(rawValue: "high-rate")
        /// The sampler is throttled, and meanwhile the events are given other counters (kernel commit f1cac6ac62d2).
        public static let throttling = Kind(rawValue: "throttling")
        /// The sampler is in the counter's group, and is throttled: since Linux 6.16 that stops the counter, too (kernel
        /// commit 9734e25fbf5a).
        public static let groupThrottling = Kind(rawValue: "group-throttling")
        /// A period below the usual ones, that the kernel may refuse.
        public static let shortPeriod = Kind(rawValue: "short-period")
        /// So many counts in one run that a narrow counter wraps.
        public static let largeCount = Kind(rawValue: "large-count")
        /// At least 100,000 locked instructions: one alone seldom shows that they are counted again (rr issue 2034).
        public static let manyLocked = Kind(rawValue: "many-locked")
        /// A recorder's: the counter is on a traced child, whose program has events, and is read at each of them. Arm D
        /// records, arm A is the replay; the level is the seed of the program, which takes the place of the workload.
        public static let recorder = Kind(rawValue: "recorder")

        /// Those that this version knows.
        public static let allCases: [Kind] = [
            .migration, .sharedCPU, .signals, .periodChange, .checkpointed, .userSpaceRead, .antagonist,
            .branchStack, .precise, .extraCounters, .highRate, .throttling, .groupThrottling, .shortPeriod, .largeCount,
            .manyLocked, .recorder,
        ]

        /// Names that reports of format 1 have for some of them.
        static let former: [String: Kind] = ["companions": .extraCounters]
    }

    public var kind: Kind
    public var level: UInt64?

    public init(_ kind: Kind, level: UInt64? = nil) {
        self.kind = kind
        self.level = level
    }
}

extension Condition: CustomStringConvertible {
    public var description: String { kind.rawValue + (level.map { "=\($0)" } ?? "") }

    /// Nil for what no version of truecount writes.
    public init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first.map(String.init), Kind.canBe(name) else { return nil }
        let kind = Kind.former[name] ?? Kind(rawValue: name)
        if parts.count == 2 {
            guard let level = UInt64(parts[1]) else { return nil }
            self.init(kind, level: level)
        } else {
            self.init(kind)
        }
    }
}

extension Condition: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let condition = Condition(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "no condition is written as \(text)")
        }
        self = condition
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
