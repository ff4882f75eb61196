import Diagnosis
import FoundationEssentials
import Glibc
import Measurement
import Synchronization
import SystemPackage

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

/// The files of a folder and of those below it whose names end in ".json".
public enum FleetFiles {
    /// Folders within each other; a tree of reports has a few.
    private static let depthLimit = 64

    /// - Returns: Regular files, and links to such, in the order of their names.
    /// - Throws: `ReportFileError` for the folder itself. One below it that cannot be read stands in the list, so that
    ///   reading it fails by its name.
    public static func find(in folder: String) throws(ReportFileError) -> [String] {
        var found: [String] = []
        let problem = collect(folder, depth: 0, &found)
        if let problem { throw ReportFileError(folder, problem.description) }
        return found.sorted()
    }

    private static func collect(_ folder: String, depth: Int, _ found: inout [String]) -> Errno? {
        guard depth < depthLimit else { return .tooManySymbolicLinkLevels }
        guard let directory = opendir(folder) else { return Errno(rawValue: errno) }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            var status = stat()
            // A link to a folder is left out: it can lead in a circle.
            guard lstat(path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                if collect(path, depth: depth + 1, &found) != nil { found.append(path) }
                continue
            }
            guard name.hasSuffix(".json") else { continue }
            if status.st_mode & S_IFMT == S_IFLNK, stat(path, &status) != 0 {
                found.append(path)
            } else if status.st_mode & S_IFMT == S_IFREG {
                found.append(path)
            }
        }
        return nil
    }
}

/// What one page about a fleet needs of a report: without probes, runs, ledgers and environment.
public struct FleetReport: Decodable, Sendable, Hashable {
    var startedAt: Date
    var source: CounterSource
    var verdict: Verdict
    var reasons: [String]
    var scope: Scope
    var findings: [Finding]
    var induced: InducedFault?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case startedAt, source, verdict, reasons, scope, findings, induced
    }

    /// The same from all of a report: what streaming is checked against.
    public init(_ report: Report) {
        startedAt = report.startedAt
        source = report.source
        verdict = report.verdict
        reasons = report.reasons
        scope = report.scope
        findings = report.findings
        induced = report.induced
    }

    static let members = CodingKeys.allCases.map(\.rawValue) + ["schemaVersion", "tool"]

    /// Reads a file through, in pieces.
    ///
    /// - Parameters:
    ///   - path: A regular file.
    ///   - chunk: Room for a piece of it; one for all files of a thread.
    /// - Throws: `ReportFileError`, with the file's name and one line.
    static func read(_ path: String, chunk: UnsafeMutableBufferPointer<UInt8>) throws(ReportFileError) -> FleetReport {
        // Nobody writes to a FIFO in a folder of reports, and to wait for that would be to hang.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { throw ReportFileError(path, Errno(rawValue: errno).description) }
        defer { close(descriptor) }
        var filter = MemberFilter(keeping: members)
        var size = 0
        while true {
            let count = Glibc.read(descriptor, chunk.baseAddress, chunk.count)
            if count == 0 { break }
            if count < 0 {
                guard errno == EINTR else { throw ReportFileError(path, Errno(rawValue: errno).description) }
                continue
            }
            size += count
            guard size <= ReportFile.sizeLimit else {
                throw ReportFileError(path, "it is larger than \(ReportFile.sizeLimit >> 20) MiB")
            }
            do throws(MemberFilter.Problem) {
                try filter.feed(UnsafeBufferPointer(rebasing: chunk[..<count]))
            } catch {
                throw ReportFileError(path, error.clause)
            }
        }
        // Format 1 has findings of another kind: its runs are judged again.
        if try isOfFormat1(filter, name: path) { return FleetReport(try ReportFile.read(path)) }
        return try decode(filter, name: path)
    }

    private static func isOfFormat1(_ filter: MemberFilter, name: String) throws(ReportFileError) -> Bool {
        struct Format: Decodable { var schemaVersion: Int? }
        let members: [UInt8]
        do throws(MemberFilter.Problem) {
            members = try filter.finished()
        } catch {
            throw ReportFileError(name, error.clause)
        }
        return (try? ReportJSON.decode(Format.self, from: members))?.schemaVersion == 1
    }

    static func decode(_ filter: MemberFilter, name: String) throws(ReportFileError) -> FleetReport {
        let members: [UInt8]
        do throws(MemberFilter.Problem) {
            members = try filter.finished()
        } catch {
            throw ReportFileError(name, error.clause)
        }
        return try ReportFile.decode(FleetReport.self, from: members, name: name)
    }
}
