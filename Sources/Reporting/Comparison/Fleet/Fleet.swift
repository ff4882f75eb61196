import Diagnosis

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
