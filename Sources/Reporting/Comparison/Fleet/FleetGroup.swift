import Diagnosis
import FoundationEssentials
import Measurement

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
        /// Reports in which it was reproduced.
        public var reports: Int
        /// The least and the greatest of the reports' medians, in counts; a surplus is negative.
        public var least: Int64
        public var greatest: Int64
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
    static let order: [Verdict] = [.faulty, .inconclusive, .unsupported, .accurate]

    init(_ key: Key, _ report: FleetReport) {
        self.key = key
        (first, last) = (report.startedAt, report.startedAt)
    }

    var reports: Int { verdicts.values.reduce(0, +) }
    /// The worst that a report of the group says.
    var worst: Verdict { Self.order.first { verdicts[$0, default: 0] > 0 } ?? .unsupported }
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
            add(FaultCount(fault: finding.fault, per: finding.per, reports: 1, least: median, greatest: median))
        }
        if report.verdict == .inconclusive || report.verdict == .unsupported, let reason = report.reasons.first {
            add(reason: reason, 1)
        }
        keep(Example(rank: Self.order.firstIndex(of: report.verdict) ?? 0, path: path))
    }

    mutating func merge(_ other: FleetGroup) {
        verdicts.merge(other.verdicts, uniquingKeysWith: +)
        (first, last) = (min(first, other.first), max(last, other.last))
        for count in other.faultCounts.values { add(count) }
        for (reason, count) in other.unanswered { add(reason: reason, count) }
        for example in other.examples { keep(example) }
    }

    private mutating func add(_ count: FaultCount) {
        let name = "\(count.fault.rawValue) \(count.per.rawValue)"
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
