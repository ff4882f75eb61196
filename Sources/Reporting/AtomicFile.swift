import Glibc
import SystemPackage

/// Replaces a file at once: readers see the old contents or the new, and a failure leaves the old.
func replaceFile(at path: String, with bytes: [UInt8]) throws(Errno) {
    let temporary = try TemporaryFile(beside: path)
    do throws(Errno) {
        var old = stat()
        if stat(path, &old) == 0, fchmod(temporary.descriptor, old.st_mode & 0o7777) != 0 {
            throw Errno(rawValue: errno)
        }
        try writeAll(bytes, to: temporary.descriptor)
    } catch {
        temporary.discard()
        throw error
    }
    try temporary.takePlace(of: path)
}

/// A new file in the folder of another, which it may replace: rename(2) works within one file system only.
struct TemporaryFile: ~Copyable {
    let path: String
    let descriptor: CInt

    /// - Throws: `Errno` of open(2).
    init(beside neighbour: String) throws(Errno) {
        let cut = neighbour.lastIndex(of: "/").map(neighbour.index(after:)) ?? neighbour.startIndex
        // Not by the process's number, which another container on the same folder may have as well.
        path = "\(neighbour[..<cut]).truecount-\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
        // 0666 less the umask, as any other new file; mkstemp(3) would make it private. O_EXCL follows nobody's link.
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    }

    consuming func discard() {
        unlink(path)
    }

    /// - Throws: `Errno` of fsync(2) or rename(2); the temporary file is then gone.
    consuming func takePlace(of target: String) throws(Errno) {
        // Without fsync(2) a crash may leave the new name with empty contents.
        guard fsync(descriptor) == 0, rename(path, target) == 0 else {
            let number = errno
            unlink(path)
            throw Errno(rawValue: number)
        }
    }

    deinit {
        close(descriptor)
    }
}

/// Reads what there is, at most what the buffer takes; 0 bytes at the end of the file.
///
/// - Throws: `Errno` of read(2).
func readSome(from descriptor: CInt, into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
    try withErrno { try FileDescriptor(rawValue: descriptor).read(into: buffer) }
}

/// The same, into an array of the length that is to be read.
func readSome(from descriptor: CInt, into buffer: inout [UInt8]) throws(Errno) -> Int {
    try withErrno { try buffer.withUnsafeMutableBytes { try readSome(from: descriptor, into: $0) } }
}

/// Writes all bytes to a descriptor.
///
/// - Throws: `Errno` of write(2). `EPIPE` needs SIGPIPE to be ignored.
func writeAll(_ bytes: [UInt8], to descriptor: CInt) throws(Errno) {
    var rest = bytes[...]
    while !rest.isEmpty {
        do throws(Errno) {
            let written = try withErrno {
                try rest.withUnsafeBytes { try FileDescriptor(rawValue: descriptor).write($0) }
            }
            guard written > 0 else { throw .ioError }
            rest = rest.dropFirst(written)
        } catch {
            guard error == .resourceTemporarilyUnavailable else { throw error }
            try waitUntilWritable(descriptor)
        }
    }
}

/// A pipe that another program made non-blocking is full: wait for its reader.
private func waitUntilWritable(_ descriptor: CInt) throws(Errno) {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&entry, 1, -1) >= 0 || errno == EINTR else { throw Errno(rawValue: errno) }
}

/// swift-system throws nothing else, but does not say so in its types.
private func withErrno<Value>(_ body: () throws -> Value) throws(Errno) -> Value {
    do {
        return try body()
    } catch {
        throw error as? Errno ?? .ioError
    }
}
