import FoundationEssentials
import Glibc
import SystemPackage

/// Why a report could not be read: one line, whatever the file holds.
public struct ReportFileError: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String

    init(_ name: String, _ problem: String) { description = "cannot read \(printable(name)): \(printable(problem))" }
}

/// A report on its way back in. Nothing in a file is trusted: it may be of any size, kind and depth.
public enum ReportFile {
    /// Bytes that a report may have. A standard diagnosis has 300 KB; reading 240 MiB took 1.9 GB of memory.
    public static let sizeLimit = 256 << 20
    /// Arrays and objects within each other. A report has 6; decoders recurse, and stacks end.
    static let depthLimit = 32

    /// - Parameter path: "-" is standard input.
    /// - Throws: `ReportFileError`.
    public static func read(_ path: String) throws(ReportFileError) -> Report {
        try decode(try bytes(path, limit: sizeLimit), name: name(path))
    }

    /// - Parameter limit: Bytes, whole MiB.
    /// - Throws: `ReportFileError`.
    static func bytes(_ path: String, limit: Int) throws(ReportFileError) -> [UInt8] {
        do throws(Errno) {
            return try contents(path, limit: limit)
        } catch {
            let problem = error == .fileTooLarge ? "it is larger than \(limit >> 20) MiB" : error.description
            throw ReportFileError(name(path), problem)
        }
    }

    static func name(_ path: String) -> String { path == "-" ? "standard input" : path }

    /// - Parameter name: What messages call the bytes.
    /// - Throws: `ReportFileError`.
    public static func decode(_ bytes: [UInt8], name: String) throws(ReportFileError) -> Report {
        if let problem = JSONShape.problem(bytes, depthLimit: depthLimit) { throw ReportFileError(name, problem) }
        do {
            let header = try ReportJSON.decode(Header.self, from: bytes)
            if let problem = header.problem { throw ReportFileError(name, problem) }
            return try ReportJSON.decode(Report.self, from: bytes)
        } catch let error as ReportFileError {
            throw error
        } catch let error as DecodingError {
            throw ReportFileError(name, explanation(error, isJSON: JSONShape.isJSON(bytes)))
        } catch {
            throw ReportFileError(name, "\(error)")
        }
    }

    /// What tells a report of a diagnosis from other JSON, and its version from a later one.
    private struct Header: Decodable {
        var schemaVersion: Int?
        var tool: Tool?
        var verdict: String?

        var problem: String? {
            guard let schemaVersion, let tool else { return "it is JSON, but no report of truecount's" }
            if schemaVersion > reportSchemaVersion {
                return "it was written by \(tool.name) \(tool.version) in format \(schemaVersion), and this is "
                    + "\(Tool.current.version), which knows formats up to \(reportSchemaVersion)"
            }
            if schemaVersion < 1 { return "there is no format \(schemaVersion)" }
            return verdict == nil ? "it is no report of a diagnosis (truecount diagnose --format json)" : nil
        }
    }

    /// - Parameter isJSON: whether the bytes are JSON at all.
    static func explanation(_ error: DecodingError, isJSON: Bool = false) -> String {
        switch error {
        case .keyNotFound(let key, let context): "\(place(context.codingPath + [key])) is missing"
        case .valueNotFound(_, let context): "\(place(context.codingPath)) is null"
        case .typeMismatch(_, let context): "\(place(context.codingPath)) is of another type than a report's"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? isJSON ? "it is JSON, but no report of truecount's: a number in it does not fit" : "it is not JSON"
                : "\(place(context.codingPath)) has a value that truecount \(Tool.current.version) does not know"
        @unknown default: "it is no report"
        }
    }

    /// "findings[0].fault"
    private static func place(_ path: [any CodingKey]) -> String {
        var text = ""
        for key in path {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
        return text.isEmpty ? "it" : text
    }
}

extension ReportFile {
    /// - Throws: `Errno`: `fileTooLarge` beyond the limit.
    private static func contents(_ path: String, limit: Int) throws(Errno) -> [UInt8] {
        guard path != "-" else { return try everything(STDIN_FILENO, limit: limit) }
        // A FIFO waits for its writer, as every tool does with one.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        defer { close(descriptor) }
        return try everything(descriptor, limit: limit)
    }

    private static func everything(_ descriptor: CInt, limit: Int) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try readSome(from: descriptor, into: &chunk)
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else { throw .fileTooLarge }
            bytes += chunk[..<count]
        }
    }
}

/// A look at brackets and strings alone, before a decoder sees the bytes: it tells a truncated file from one that never
/// was JSON, and refuses depths that a decoder could not bear.
enum JSONShape {
    /// What is wrong with the bytes as one JSON object, in a clause; nil where the brackets match.
    static func problem(_ bytes: [UInt8], of kind: String = "report", depthLimit: Int) -> String? {
        guard let first = bytes.first(where: { !isBlank($0) }) else { return "it is empty" }
        guard first == UInt8(ascii: "{") else { return "it is not JSON" }
        var depth = 0
        var isInString = false
        var isEscaped = false
        for byte in bytes {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                if depth > depthLimit { return "it is nested more than \(depthLimit) deep, as no \(kind) is" }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth < 0 { return "it is not JSON" }
            default: break
            }
        }
        return depth > 0 || isInString ? "it is truncated: it ends within the \(kind)" : nil
    }

    /// Whether a decoder takes the bytes for JSON, of whatever kind. Their depth has to be known to be bearable.
    static func isJSON(_ bytes: [UInt8]) -> Bool {
        struct Anything: Decodable { init(from decoder: any Decoder) {} }
        return (try? ReportJSON.decode(Anything.self, from: bytes)) != nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
}
