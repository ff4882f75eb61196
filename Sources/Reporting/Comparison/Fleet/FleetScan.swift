import Synchronization

/// Many files, read by as many threads as are lent to it. Each thread takes the next file that nobody has.
public final class FleetScan: Sendable {
    private let paths: [String]
    private let next = Atomic<Int>(0)
    /// Bytes read at a time: what a thread holds of a file, whatever its size.
    private static let chunkSize = 1 << 18

    public init(_ paths: [String]) { self.paths = paths }

    /// Reads files until there are no more. To be called once on each thread.
    public func work() -> FleetTally {
        let chunk = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Self.chunkSize)
        defer { chunk.deallocate() }
        var tally = FleetTally()
        while true {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < paths.count else { return tally }
            do throws(ReportFileError) {
                tally.add(try FleetReport.read(paths[index], chunk: chunk), path: paths[index])
            } catch {
                tally.add(unreadable: error.description)
            }
        }
    }
}

/// What some of the files of a fleet say.
public struct FleetTally: Sendable {
    private(set) var groups: [FleetGroup.Key: FleetGroup] = [:]
    /// A line for each file that is no report, with its name.
    private(set) var unreadable: [String] = []

    public init() {}

    mutating func add(_ report: FleetReport, path: String) {
        let key = FleetGroup.Key(report)
        groups[key, default: FleetGroup(key, report)].add(report, path: path)
    }

    mutating func add(unreadable line: String) { unreadable.append(line) }

    mutating func merge(_ other: FleetTally) {
        for (key, group) in other.groups {
            if groups[key] == nil { groups[key] = group } else { groups[key]?.merge(group) }
        }
        unreadable += other.unreadable
    }
}
