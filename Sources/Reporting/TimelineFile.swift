import FoundationEssentials
import Measurement
import SystemPackage

/// A timeline on its way out and back in: one JSON object with a digest, described in `docs/timeline-format.md`. Nothing
/// in a file is trusted, and what is not wholly as it was written is refused in one line.
public enum TimelineFile {
    /// Bytes that a timeline may have. An event has about 90, a PMI about 50.
    public static let sizeLimit = 256 << 20
    /// Arrays and objects within each other. A timeline has 5.
    private static let depthLimit = 16
    private static let format = "truecount-timeline"
    private static let version = 2
    /// How files of version 1 begin, which were binary.
    private static let binaryMagic = Array("TCLINE\r\n".utf8)

    private struct Start: Decodable {
        var format: String?
        var version: Int?
    }

    private struct Document: Codable {
        var format: String
        var version: Int
        var digest: String
        var timeline: Timeline
    }

    /// - Throws: `OutputError`: `fileTooLarge` for what could not be read again. A file that is there stays as it was.
    public static func write(_ timeline: Timeline, to destination: OutputDestination) throws {
        let document = Document(
            format: format, version: version, digest: try digest(of: timeline), timeline: timeline)
        let bytes = try encode(document) + [UInt8(ascii: "\n")]
        guard bytes.count <= sizeLimit else {
            throw OutputError(destination: destination.name, errno: .fileTooLarge)
        }
        try destination.write(bytes)
    }

    /// - Parameter path: "-" is standard input.
    /// - Throws: `ReportFileError`.
    public static func read(_ path: String) throws(ReportFileError) -> Timeline {
        let name = ReportFile.name(path)
        return try decode(try ReportFile.bytes(path, limit: sizeLimit), name: name)
    }

    /// - Parameter name: What messages call the bytes.
    /// - Throws: `ReportFileError`.
    package static func decode(_ bytes: [UInt8], name: String) throws(ReportFileError) -> Timeline {
        if bytes.starts(with: binaryMagic) {
            throw ReportFileError(name, "it was written by an earlier truecount; record again")
        }
        if let problem = JSONShape.problem(bytes, of: "timeline", depthLimit: depthLimit) {
            throw ReportFileError(name, problem)
        }
        do {
            let start = try ReportJSON.decode(Start.self, from: bytes)
            guard start.format == format, let written = start.version else {
                throw ReportFileError(name, "it is JSON, but no timeline of truecount's")
            }
            guard written <= version else {
                throw ReportFileError(
                    name,
                    "it has version \(written) of the timeline's format, and truecount \(Tool.current.version) reads \(version)"
                )
            }
            let document = try ReportJSON.decode(Document.self, from: bytes)
            guard written == version, document.digest == (try digest(of: document.timeline)) else {
                throw ReportFileError(name, damaged("its content is not what was written"))
            }
            return document.timeline
        } catch let error as ReportFileError {
            throw error
        } catch let error as DecodingError {
            throw ReportFileError(name, damaged(ReportFile.explanation(error)))
        } catch {
            throw ReportFileError(name, "\(error)")
        }
    }

    private static func damaged(_ reason: String) -> String {
        "it is damaged: \(reason); copy it again, or record again"
    }

    /// Sorted keys and no blanks: the same timeline is the same bytes.
    private static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(value))
    }

    /// FNV-1a of 64 bits (Fowler, Noll and Vo) over the timeline's JSON. It finds damage, not forgery.
    private static func digest(of timeline: Timeline) throws -> String {
        let hash = try encode(timeline).reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return "fnv1a64:" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
