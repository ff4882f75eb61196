import SystemPackage

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
