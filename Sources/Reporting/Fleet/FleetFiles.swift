import FoundationEssentials
import Glibc
import SystemPackage

/// Where the reports of a fleet are: files with a summary (or a report) a line, and files that are a report.
public enum FleetFiles {
    /// Folders within each other; a tree of reports has a few.
    private static let depthLimit = 64
    private static let endings = [".json", ".jsonl", ".ndjson"]

    /// The files of a folder and of those below it whose names end in ".json", ".jsonl" or ".ndjson".
    ///
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
            guard endings.contains(where: name.hasSuffix) else { continue }
            if status.st_mode & S_IFMT == S_IFLNK, stat(path, &status) != 0 {
                found.append(path)
            } else if status.st_mode & S_IFMT == S_IFREG {
                found.append(path)
            }
        }
        return nil
    }

    /// The name of the machine that a kept report is of, as its file is called; nil for standard input.
    public static func machine(of path: String) -> String? {
        guard path != "-", let name = path.split(separator: "/").last else { return nil }
        return String(endings.first(where: name.hasSuffix).map { name.dropLast($0.count) } ?? name)
    }
}

extension FleetFiles {
    /// Reads a file through, with no more of it in memory than a line, or than the one report that it is.
    ///
    /// - Parameters:
    ///   - path: "-" is standard input.
    ///   - body: Gets each report, in the order of the file, and an error with its place for each that cannot be read.
    public static func read(_ path: String, _ body: (Result<SummaryLine, ReportFileError>) -> Void) {
        do throws(ReportFileError) {
            try readThrough(path, body)
        } catch {
            body(.failure(error))
        }
    }

    private static func readThrough(
        _ path: String, _ body: (Result<SummaryLine, ReportFileError>) -> Void
    ) throws(ReportFileError) {
        let name = ReportFile.name(path)
        var lines = try LineReader(path)
        guard var line = try lines.next() else { throw ReportFileError(name, "it is empty") }
        // A report is an object over many lines, of which the first is none by itself.
        guard JSONShape.problem(line, depthLimit: ReportFile.depthLimit) == nil || line.starts(with: summaryBeginning)
        else {
            line += [UInt8(ascii: "\n")] + (try lines.rest())
            return body(.success(SummaryLine(try ReportFile.decode(line, name: name), machine: machine(of: path))))
        }
        while true {
            do throws(ReportFileError) {
                body(.success(try decode(line, name: "\(name), line \(lines.number)")))
            } catch {
                body(.failure(error))
            }
            guard let next = try lines.next() else { return }
            line = next
        }
    }

    /// So that a summary that was cut off does not make all after it one damaged report.
    private static let summaryBeginning = Array(#"{"summaryVersion""#.utf8)

    /// A summary, or a report on one line.
    private static func decode(_ line: [UInt8], name: String) throws(ReportFileError) -> SummaryLine {
        struct Header: Decodable { var summaryVersion: Int? }
        if let problem = JSONShape.problem(line, of: "summary", depthLimit: ReportFile.depthLimit) {
            throw ReportFileError(name, problem)
        }
        do {
            let summary = try ReportJSON.decode(SummaryLine.self, from: line)
            if summary.summaryVersion == SummaryLine.version { return summary }
        } catch let error as DecodingError {
            guard let version = (try? ReportJSON.decode(Header.self, from: line))?.summaryVersion else {
                return SummaryLine(try ReportFile.decode(line, name: name))
            }
            if version == SummaryLine.version { throw ReportFileError(name, ReportFile.explanation(error)) }
        } catch {
            throw ReportFileError(name, "\(error)")
        }
        throw ReportFileError(
            name,
            "it is a summary of another format than \(SummaryLine.version), which this truecount reads"
        )
    }
}

/// The lines of a file that are not blank.
private struct LineReader: ~Copyable {
    private let name: String
    private let descriptor: CInt
    private var buffer: [UInt8] = []
    /// Where the next line begins in the buffer.
    private var start = 0
    private var chunk = [UInt8](repeating: 0, count: 1 << 18)
    /// Of the last line, from 1.
    private(set) var number = 0

    init(_ path: String) throws(ReportFileError) {
        name = ReportFile.name(path)
        descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw ReportFileError(name, Errno(rawValue: errno).description) }
    }

    deinit { close(descriptor) }

    /// The next line without its newline; nil at the end.
    mutating func next() throws(ReportFileError) -> [UInt8]? {
        while let line = try nextOfAll() {
            number += 1
            if line.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) { return line }
        }
        return nil
    }

    private mutating func nextOfAll() throws(ReportFileError) -> [UInt8]? {
        var searched = start
        while true {
            if let end = newline(from: searched) {
                defer { start = end + 1 }
                return Array(buffer[start..<end])
            }
            searched = buffer.count - start
            guard try fill() else {
                let last = Array(buffer[start...])
                start = buffer.count
                return last.isEmpty ? nil : last
            }
        }
    }

    /// All that follows the last line.
    mutating func rest() throws(ReportFileError) -> [UInt8] {
        while try fill() {}
        return Array(buffer[start...])
    }

    private func newline(from index: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, index < bytes.count,
                let found = memchr(base + index, CInt(UInt8(ascii: "\n")), bytes.count - index)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    /// - Returns: Whether there was more. The next line then begins the buffer.
    private mutating func fill() throws(ReportFileError) -> Bool {
        buffer.removeSubrange(..<start)
        start = 0
        do throws(Errno) {
            let count = try readSome(from: descriptor, into: &chunk)
            guard buffer.count + count <= ReportFile.sizeLimit else { throw .fileTooLarge }
            buffer += chunk[..<count]
            return count > 0
        } catch {
            let limit = "it is larger than \(ReportFile.sizeLimit >> 20) MiB"
            throw ReportFileError(name, error == .fileTooLarge ? limit : error.description)
        }
    }
}
