import Diagnosis
import FoundationEssentials
import Measurement

/// The reports of many machines: grouped by kernel, CPU and hypervisor, the worst first.
public struct Fleet: Encodable, Sendable, Hashable {
    public var schemaVersion = reportSchemaVersion
    public var tool = Tool.current
    /// Reports that were read.
    public private(set) var reports = 0
    /// The worst first; those that a simulated PMU counted, or whose fault was made on purpose, at the end.
    public private(set) var groups: [FleetGroup]
    /// What could not be read: files, or lines of files.
    public private(set) var unreadableCount = 0
    /// A line for each of the first of them.
    public private(set) var unreadable: [String] = []

    private static let mostUnreadable = 1000

    /// - Parameter files: Read one after another; "-" is standard input.
    public init(files: [String]) {
        self.init { add in
            for file in files { FleetFiles.read(file, add) }
        }
    }

    /// - Parameter source: Calls what it is given for each report.
    init(_ source: ((Result<SummaryLine, ReportFileError>) -> Void) -> Void) {
        var groups: [FleetGroup.Key: FleetGroup] = [:]
        var unreadable: [String] = []
        var unreadableCount = 0
        source { result in
            switch result {
            case .success(let summary):
                let key = FleetGroup.Key(summary)
                groups[key, default: FleetGroup(key, summary)].add(summary)
            case .failure(let error):
                unreadableCount += 1
                if unreadable.count < Self.mostUnreadable { unreadable.append(error.description) }
            }
        }
        self.groups = groups.values.map { $0.inOrder() }.sorted(by: FleetGroup.isWorse)
        reports = self.groups.reduce(0) { $0 + $1.reports }
        (self.unreadable, self.unreadableCount) = (unreadable, unreadableCount)
    }

    /// Reports of each verdict, of those that tell something of a machine.
    var verdicts: [String: Int] {
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

    /// "3 files or lines could not be read"; nil where all could.
    var damage: String? {
        unreadableCount == 0
            ? nil
            : "\(Figures.grouped(UInt64(unreadableCount))) "
                + (unreadableCount == 1 ? "file or line" : "files or lines") + " could not be read"
    }

    /// The first lines of what could not be read, and how many more there are.
    func unreadable(atMost most: Int) -> [String] {
        let more = unreadableCount - min(most, unreadable.count)
        return unreadable.prefix(most) + (more > 0 ? ["and \(Figures.grouped(UInt64(more))) more"] : [])
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

        init(_ summary: SummaryLine) {
            (kernel, cpu, coreType) = (summary.kernel, summary.cpu, summary.coreType)
            (platform, hypervisor) = (summary.platform, summary.hypervisor)
            (source, isInduced) = (summary.source, summary.induced != nil)
        }
    }

    /// A fault as the reports of a group have it.
    public struct FaultCount: Encodable, Sendable, Hashable {
        public var fault: Fault
        public var per: FaultUnit
        public var direction: Direction
        /// Reports in which it was reproduced.
        public var reports: Int
        /// The least and the greatest of the reports' medians, in branches or PMIs.
        public var least: UInt64
        public var greatest: UInt64
        /// The least and the greatest share of PMIs (or runs, …) at which it struck, 0 to 1, and what the share is of.
        public var leastShare: Double
        public var greatestShare: Double
        public var among: FaultUnit
    }

    /// Why there is no answer, and in how many reports.
    public struct Reason: Encodable, Sendable, Hashable {
        public var reason: String
        public var reports: Int
    }

    public let kernel: String
    public let cpu: String
    public let coreType: String?
    public let platform: Scope.Platform
    public let hypervisor: String?
    public let source: CounterSource
    public let induced: Bool?
    public private(set) var reports = 0
    public private(set) var verdicts: [String: Int] = [:]
    /// The most frequent first.
    public private(set) var faults: [FaultCount] = []
    public private(set) var reasons: [Reason] = []
    /// When its first and its last report were started.
    public private(set) var first: Date
    public private(set) var last: Date
    /// Three machines of the worst verdict, the first by name.
    public private(set) var machines: [String] = []
    private var rankOfMachines = Int.max

    private enum CodingKeys: String, CodingKey {
        case kernel, cpu, coreType, platform, hypervisor, source, induced, reports, verdicts, faults, reasons, first
        case last, machines
    }

    static let mostMachines = 3
    /// Reasons that are told apart, the others are one: texts from outside must not fill the memory.
    private static let mostReasons = 100
    private static let otherReasons = "other reasons"

    init(_ key: Key, _ summary: SummaryLine) {
        (kernel, cpu, coreType) = (key.kernel, key.cpu, key.coreType)
        (platform, hypervisor, source) = (key.platform, key.hypervisor, key.source)
        induced = key.isInduced ? true : nil
        (first, last) = (summary.time, summary.time)
    }

    mutating func add(_ summary: SummaryLine) {
        reports += 1
        verdicts[summary.verdict.rawValue, default: 0] += 1
        (first, last) = (min(first, summary.time), max(last, summary.time))
        for finding in summary.findings { add(finding) }
        if summary.verdict == .inconclusive || summary.verdict == .unsupported { add(reason: summary.reason) }
        guard let machine = summary.machine, summary.verdict.rank <= rankOfMachines else { return }
        if summary.verdict.rank < rankOfMachines { (machines, rankOfMachines) = ([], summary.verdict.rank) }
        guard !machines.contains(machine) else { return }
        machines = Array((machines + [machine]).sorted().prefix(Self.mostMachines))
    }

    private mutating func add(_ finding: SummaryLine.Finding) {
        let share = min(1, Double(finding.affected) / Double(max(1, finding.of)))
        let known = faults.firstIndex {
            ($0.fault, $0.per, $0.direction) == (finding.fault, finding.per, finding.direction)
        }
        guard let known else {
            faults.append(
                FaultCount(
                    fault: finding.fault, per: finding.per, direction: finding.direction, reports: 1,
                    least: finding.median, greatest: finding.median, leastShare: share, greatestShare: share,
                    among: finding.among))
            return
        }
        faults[known].reports += 1
        faults[known].least = min(faults[known].least, finding.median)
        faults[known].greatest = max(faults[known].greatest, finding.median)
        faults[known].leastShare = min(faults[known].leastShare, share)
        faults[known].greatestShare = max(faults[known].greatestShare, share)
    }

    private mutating func add(reason: String) {
        if let known = reasons.firstIndex(where: { $0.reason == reason }) {
            reasons[known].reports += 1
        } else if reasons.count < Self.mostReasons || reason == Self.otherReasons {
            reasons.append(Reason(reason: reason, reports: 1))
        } else {
            add(reason: Self.otherReasons)
        }
    }

    /// The same, whatever the order in which its reports were read.
    fileprivate func inOrder() -> FleetGroup {
        var group = self
        group.faults.sort {
            ($1.reports, $0.fault.rawValue, $0.greatest) < ($0.reports, $1.fault.rawValue, $1.greatest)
        }
        group.reasons.sort { ($1.reports, $0.reason) < ($0.reports, $1.reason) }
        return group
    }
}

extension FleetGroup {
    /// The worst that a report of the group says.
    var worst: Verdict { Verdict.worstFirst.first { count($0) > 0 } ?? .unsupported }
    /// Whether its reports say anything of a machine: a simulated PMU is none, and a fault made on purpose none of its.
    var isOfMachine: Bool { source != .simulated && induced == nil }
    /// Whether some reports say that all is well and others that it is not.
    var isDivided: Bool { count(.faulty) > 0 && count(.accurate) > 0 }

    func count(_ verdict: Verdict) -> Int { verdicts[verdict.rawValue, default: 0] }

    /// "FAULTY", "breakpoint UNSUPPORTED", "SIMULATED FAULTY", "INDUCED FAULTY".
    var word: String {
        source.label(with: " ") + (induced == nil ? "" : "INDUCED ") + worst.rawValue.uppercased()
    }

    /// "bare metal", "guest of KVM"; a simulated PMU runs nowhere.
    var place: String {
        switch platform {
        case .bareMetal: "bare metal"
        case .guest: "guest of \(hypervisor ?? "an unnamed hypervisor")"
        case .unknown: source == .simulated ? "SIMULATED" : "not known"
        }
    }

    /// With the type of core, on hybrid CPUs.
    var processor: String { [cpu, coreType].compactMap(\.self).joined(separator: " · ") }

    /// "Linux 6.1.0 · Intel 06-5e-03 (Skylake) · guest of KVM". A simulated PMU runs on no kernel, and its report says
    /// so.
    var scope: String {
        source == .simulated
            ? "\(cpu), kernel \(kernel)" : ["Linux \(kernel)", processor, place].joined(separator: " · ")
    }

    /// "3 faulty, 97 accurate".
    var tally: String { Self.tally(verdicts) }

    static func tally(_ verdicts: [String: Int]) -> String {
        Verdict.worstFirst.compactMap { verdict in
            verdicts[verdict.rawValue].map { "\(Figures.grouped(UInt64($0))) \(verdict.rawValue)" }
        }.joined(separator: ", ")
    }

    /// A sentence for each fault and each reason.
    var details: [String] {
        faults.map(\.sentence) + reasons.map { "\($0.reason) (\(Figures.counted(UInt64($0.reports), "report")))" }
    }

    /// What a person should look at first comes first: real faults, then what has no answer; what was made on purpose
    /// comes after all that was not.
    static func isWorse(_ one: FleetGroup, _ other: FleetGroup) -> Bool {
        func rank(_ group: FleetGroup) -> [Int] {
            [group.source == .simulated ? 2 : group.induced != nil ? 1 : 0, group.worst.rank]
                + Verdict.worstFirst.map { -group.count($0) }
        }
        let (first, second) = (rank(one), rank(other))
        if first != second { return first.lexicographicallyPrecedes(second) }
        return (one.scope, one.word) < (other.scope, other.word)
    }
}

extension FleetGroup.FaultCount {
    /// "freeze-on-pmi in 10 reports: median 10 to 12 branches lost per PMI, at 44 to 100 % of PMIs".
    var sentence: String {
        "\(fault.rawValue) in \(Figures.counted(UInt64(reports), "report")): median "
            + "\(direction.words(from: least, to: greatest, per: per)), at \(shares) % of \(among.nouns.several)"
    }

    private var shares: String {
        let (low, high) = (Figures.percent(leastShare), Figures.percent(greatestShare))
        return low == high ? low : "\(low) to \(high)"
    }
}
