import Diagnosis
import FoundationEssentials
import Measurement

/// The reports of many machines: grouped by kernel, CPU and hypervisor, the worst first.
public struct Fleet: Encodable, Sendable, Hashable {
    public var schemaVersion = reportSchemaVersion
    public var tool = Tool.current
    /// Reports that were read.
    public var reports: Int
    /// The worst first; those that a simulated PMU counted, or whose fault was made on purpose, at the end.
    public var groups: [FleetGroup]
    /// A line for each file that could not be read, in their order.
    public var unreadable: [String]

    /// - Parameter tallies: Of each thread, in any order: the result is the same.
    public init(_ tallies: [FleetTally]) {
        var all = FleetTally()
        for tally in tallies { all.merge(tally) }
        groups = all.groups.values.sorted(by: FleetGroup.isWorse)
        reports = groups.reduce(0) { $0 + $1.reports }
        unreadable = all.unreadable.sorted()
    }

    /// Reports of each verdict, of those that tell something of a machine.
    var verdicts: [Verdict: Int] {
        groups.filter(\.isOfMachine).reduce(into: [:]) { $0.merge($1.verdicts, uniquingKeysWith: +) }
    }

    /// "10,000 reports in 12 groups: 3 faulty, 9,995 accurate, 2 simulated or made on purpose".
    var summary: String {
        let apart = groups.filter { !$0.isOfMachine }.reduce(0) { $0 + $1.reports }
        let tallies = [
            FleetGroup.tally(verdicts),
            apart > 0 ? "\(Figures.grouped(UInt64(apart))) simulated or made on purpose" : "",
        ].filter { !$0.isEmpty }
        return "\(Figures.counted(UInt64(reports), "report")) in \(Figures.counted(UInt64(groups.count), "group"))"
            + (tallies.isEmpty ? "" : ": \(tallies.joined(separator: ", "))")
    }

    /// "3 files could not be read"; nil where all could.
    var damage: String? {
        unreadable.isEmpty ? nil : "\(Figures.counted(UInt64(unreadable.count), "file")) could not be read"
    }
}

/// The reports of one kernel on one CPU under one hypervisor, summed up.
public struct FleetGroup: Encodable, Sendable, Hashable {
    /// What its reports have in common.
    struct Key: Hashable, Sendable {
        var kernel: String
        var cpu: String
        var coreType: String?
        var platform: Scope.Platform
        var hypervisor: String?
        /// Counts of a breakpoint and of branches are not the same answer.
        var source: CounterSource
        /// A fault that truecount made itself says nothing of the kernel.
        var isInduced: Bool

        init(_ report: FleetReport) {
            let scope = report.scope
            (kernel, cpu, coreType) = (scope.kernel, scope.cpu, scope.coreType)
            (platform, hypervisor) = (scope.platform, scope.hypervisor)
            (source, isInduced) = (report.source, report.induced != nil)
        }
    }

    /// A fault as the reports of a group have it.
    public struct FaultCount: Encodable, Sendable, Hashable {
        public var fault: Fault
        public var per: FaultUnit
        public var direction: Direction
        /// Reports in which it was reproduced.
        public var reports: Int
        /// The least and the greatest of the reports' medians, in counts or PMIs.
        public var least: UInt64
        public var greatest: UInt64
    }

    /// A file, and how bad what it says is.
    struct Example: Hashable, Sendable, Comparable {
        var rank: Int
        var path: String

        static func < (first: Example, second: Example) -> Bool {
            first.rank == second.rank ? first.path < second.path : first.rank < second.rank
        }
    }

    let key: Key
    public private(set) var verdicts: [Verdict: Int] = [:]
    public private(set) var first: Date
    public private(set) var last: Date
    private var faultCounts: [String: FaultCount] = [:]
    private(set) var examples: [Example] = []
    /// Why there is no answer, and in how many reports.
    private var unanswered: [String: Int] = [:]

    /// Files that are named, of the worst verdict.
    static let mostExamples = 3
    /// Reasons that are told apart, the others are one: texts from outside must not fill the memory.
    private static let mostReasons = 1000

    init(_ key: Key, _ report: FleetReport) {
        self.key = key
        (first, last) = (report.startedAt, report.startedAt)
    }

    var reports: Int { verdicts.values.reduce(0, +) }
    /// The worst that a report of the group says.
    var worst: Verdict { Verdict.worstFirst.first { verdicts[$0, default: 0] > 0 } ?? .unsupported }
    /// Whether its reports say anything of a machine: a simulated PMU is none, and a fault made on purpose none of its.
    var isOfMachine: Bool { key.source != .simulated && !key.isInduced }
    /// Whether some reports say that all is well and others that it is not.
    var isDivided: Bool { verdicts[.faulty, default: 0] > 0 && verdicts[.accurate, default: 0] > 0 }
    /// The most frequent first.
    var faults: [FaultCount] {
        faultCounts.values.sorted { ($1.reports, $0.fault.rawValue) < ($0.reports, $1.fault.rawValue) }
    }
    /// The most frequent first.
    var reasons: [(reason: String, reports: Int)] {
        unanswered.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { (reason: $0.key, reports: $0.value) }
    }

    mutating func add(_ report: FleetReport, path: String) {
        verdicts[report.verdict, default: 0] += 1
        (first, last) = (min(first, report.startedAt), max(last, report.startedAt))
        for finding in report.findings where finding.isReproduced {
            let median = finding.size.median
            add(
                FaultCount(
                    fault: finding.fault, per: finding.per, direction: finding.direction, reports: 1, least: median,
                    greatest: median))
        }
        if report.verdict == .inconclusive || report.verdict == .unsupported, let reason = report.reasons.first {
            add(reason: reason, 1)
        }
        keep(Example(rank: report.verdict.rank, path: path))
    }

    mutating func merge(_ other: FleetGroup) {
        verdicts.merge(other.verdicts, uniquingKeysWith: +)
        (first, last) = (min(first, other.first), max(last, other.last))
        for count in other.faultCounts.values { add(count) }
        for (reason, count) in other.unanswered { add(reason: reason, count) }
        for example in other.examples { keep(example) }
    }

    private mutating func add(_ count: FaultCount) {
        let name = "\(count.fault.rawValue) \(count.per.rawValue) \(count.direction.rawValue)"
        guard var known = faultCounts[name] else {
            faultCounts[name] = count
            return
        }
        known.reports += count.reports
        known.least = min(known.least, count.least)
        known.greatest = max(known.greatest, count.greatest)
        faultCounts[name] = known
    }

    private mutating func add(reason: String, _ count: Int) {
        let isKnown = unanswered[reason] != nil || unanswered.count < Self.mostReasons
        unanswered[isKnown ? reason : "other reasons", default: 0] += count
    }

    private mutating func keep(_ example: Example) {
        examples.append(example)
        examples.sort()
        let worst = examples[0].rank
        examples = Array(examples.prefix { $0.rank == worst }.prefix(Self.mostExamples))
    }
}

extension FleetGroup {
    /// "FAULTY", "breakpoint UNSUPPORTED", "SIMULATED FAULTY", "INDUCED FAULTY".
    var word: String {
        key.source.label(with: " ") + (key.isInduced ? "INDUCED " : "") + worst.rawValue.uppercased()
    }

    /// "Linux 6.1.0 · Intel 06-5e-03 (Skylake) · guest of KVM". A simulated PMU runs on no kernel, and its report says
    /// so.
    var scope: String {
        guard key.source != .simulated else { return "\(key.cpu), kernel \(key.kernel)" }
        let platform: String? =
            switch key.platform {
            case .bareMetal: "bare metal"
            case .guest: "guest of \(key.hypervisor ?? "an unnamed hypervisor")"
            case .unknown: nil
            }
        return ["Linux \(key.kernel)", key.cpu, key.coreType, platform].compactMap(\.self).joined(separator: " · ")
    }

    /// "3 faulty, 97 accurate".
    var tally: String { Self.tally(verdicts) }

    static func tally(_ verdicts: [Verdict: Int]) -> String {
        Verdict.worstFirst.compactMap { verdict in
            verdicts[verdict].map { "\(Figures.grouped(UInt64($0))) \(verdict.rawValue)" }
        }.joined(separator: ", ")
    }

    /// A sentence for each fault and each reason.
    var details: [String] {
        faults.map { count in
            "\(count.fault.rawValue) in \(Figures.counted(UInt64(count.reports), "report")): median "
                + count.direction.words(from: count.least, to: count.greatest, per: count.per)
        } + reasons.map { "\($0.reason) (\(Figures.counted(UInt64($0.reports), "report")))" }
    }

    /// What a person should look at first comes first: real faults, then what has no answer; what was made on purpose
    /// comes after all that was not.
    static func isWorse(_ one: FleetGroup, _ other: FleetGroup) -> Bool {
        func rank(_ group: FleetGroup) -> [Int] {
            [group.key.source == .simulated ? 2 : group.key.isInduced ? 1 : 0, group.worst.rank]
                + Verdict.worstFirst.map { -group.verdicts[$0, default: 0] }
        }
        let (first, second) = (rank(one), rank(other))
        if first != second { return first.lexicographicallyPrecedes(second) }
        return (one.scope, one.word) < (other.scope, other.word)
    }

    private enum CodingKeys: String, CodingKey {
        case kernel, cpu, coreType, platform, hypervisor, source, induced, reports, verdicts, faults, reasons, first,
            last,
            files
    }

    private struct Reason: Encodable {
        var reason: String
        var reports: Int
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(key.kernel, forKey: .kernel)
        try container.encode(key.cpu, forKey: .cpu)
        try container.encodeIfPresent(key.coreType, forKey: .coreType)
        try container.encode(key.platform, forKey: .platform)
        try container.encodeIfPresent(key.hypervisor, forKey: .hypervisor)
        try container.encode(key.source, forKey: .source)
        if key.isInduced { try container.encode(true, forKey: .induced) }
        try container.encode(reports, forKey: .reports)
        let counts = Dictionary(uniqueKeysWithValues: verdicts.map { ($0.key.rawValue, $0.value) })
        try container.encode(counts, forKey: .verdicts)
        try container.encode(faults, forKey: .faults)
        try container.encode(reasons.map { Reason(reason: $0.reason, reports: $0.reports) }, forKey: .reasons)
        try container.encode(first, forKey: .first)
        try container.encode(last, forKey: .last)
        try container.encode(examples.map(\.path), forKey: .files)
    }
}
