import Glibc
import SystemPackage

/// Where a report goes: a stream, a device, or a file that is either wholly there or not touched.
public struct OutputDestination: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// A descriptor that the process already has.
        case stream(CInt)
        /// Something that cannot be replaced and has to be written in place: a device, a FIFO.
        case inPlace(String)
        case file(String)
    }

    let kind: Kind
    let name: String

    public static let standardOutput = OutputDestination(kind: .stream(1), name: "standard output")
    public static let standardError = OutputDestination(kind: .stream(2), name: "standard error")

    /// The file or device, as it was named; nil for a stream that the process already had.
    public var path: String? { if case .stream = kind { nil } else { name } }

    private init(kind: Kind, name: String) {
        self.kind = kind
        self.name = name
    }

    /// Finds out what the path names, and that it can be written: a measurement of minutes is not to end in a typo.
    ///
    /// - Parameter path: "-" is standard output. `/dev/stdout`, `/dev/stderr` and `/dev/fd/N` are the streams
    ///   themselves;
    ///   a file behind one is written where the stream stands, not replaced.
    /// - Throws: `OutputError`.
    public init(path: String) throws(OutputError) {
        if path.isEmpty { throw OutputError(destination: "\"\"", errno: .noSuchFileOrDirectory) }
        if let descriptor = Self.streamDescriptor(path) {
            self.init(kind: .stream(descriptor), name: descriptor == 1 ? "standard output" : path)
            return
        }
        // A link stays, and the file that it leads to is replaced.
        let target = Self.resolved(path)
        var status = stat()
        if stat(target, &status) == 0 {
            switch status.st_mode & S_IFMT {
            case S_IFDIR: throw OutputError(destination: path, errno: .isDirectory)
            case S_IFREG: self.init(kind: .file(target), name: path)
            default: self.init(kind: .inPlace(target), name: path)
            }
        } else {
            self.init(kind: .file(target), name: path)
        }
        do throws(Errno) { try checkWritable() } catch { throw OutputError(destination: path, errno: error) }
    }

    /// Writes everything, and for a file makes sure that it lies on the disk before it takes its name.
    ///
    /// - Throws: `OutputError`. Of a file then nothing is left but what was there before.
    public func write(_ bytes: [UInt8]) throws(OutputError) {
        do throws(Errno) {
            switch kind {
            case .stream(let descriptor): try writeAll(bytes, to: descriptor)
            case .inPlace(let path): try Self.writeInPlace(bytes, to: path)
            case .file(let path): try replaceFile(at: path, with: bytes)
            }
        } catch {
            throw OutputError(destination: name, errno: error)
        }
    }

    private func checkWritable() throws(Errno) {
        switch kind {
        case .stream: break
        case .inPlace(let path):
            guard access(path, W_OK) == 0 else { throw Errno(rawValue: errno) }
        case .file(let path):
            // Where the file is there but not to be written, a rename would get around its protection.
            if access(path, W_OK) != 0, errno != ENOENT { throw Errno(rawValue: errno) }
            try TemporaryFile(beside: path).discard()
        }
    }

    private static func writeInPlace(_ bytes: [UInt8], to path: String) throws(Errno) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        defer { close(descriptor) }
        try writeAll(bytes, to: descriptor)
    }

    private static func streamDescriptor(_ path: String) -> CInt? {
        switch path {
        case "-", "/dev/stdout": return 1
        case "/dev/stderr": return 2
        default: break
        }
        for folder in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(folder) {
            return CInt(path.dropFirst(folder.count))
        }
        return nil
    }

    private static func resolved(_ path: String) -> String {
        guard let found = realpath(path, nil) else { return path }
        defer { free(found) }
        return String(cString: found)
    }
}

/// Writes at the end of a file that others write to as well, and makes it where there is none.
///
/// - Throws: `OutputError` of open(2) or write(2).
public func appendToFile(at path: String, _ bytes: [UInt8]) throws(OutputError) {
    do throws(Errno) {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        defer { close(descriptor) }
        try writeAll(bytes, to: descriptor)
    } catch {
        throw OutputError(destination: path, errno: error)
    }
}

/// Output could not be written. Its description is one line.
public struct OutputError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was written to: a path, or "standard output".
    public var destination: String
    public var errno: Errno

    public init(destination: String, errno: Errno) {
        self.destination = destination
        self.errno = errno
    }

    /// Whether the reader of a pipe went away. That is its right, and no fault.
    public var isReaderGone: Bool { errno == .brokenPipe }

    public var description: String { "cannot write \(printable(destination)): \(errno)" }
}
