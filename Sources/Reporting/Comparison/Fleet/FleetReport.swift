import Diagnosis
import FoundationEssentials
import Glibc
import Measurement
import SystemPackage

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
        return try decode(filter, name: path)
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
