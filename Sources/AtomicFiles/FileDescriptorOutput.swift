import Glibc
import SystemPackage

/// Writes all bytes to a descriptor.
///
/// - Throws: `Errno` of write(2). `EPIPE` needs SIGPIPE to be ignored.
package func writeAll(_ bytes: [UInt8], to descriptor: CInt) throws(Errno) {
    var written = 0
    while written < bytes.count {
        let count = bytes.withUnsafeBytes {
            write(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written)
        }
        if count > 0 {
            written += count
            continue
        }
        switch count == 0 ? EIO : errno {
        case EINTR: continue
        case EAGAIN: try waitUntilWritable(descriptor)
        case let number: throw Errno(rawValue: number)
        }
    }
}

/// A pipe that another program made non-blocking is full: wait for its reader.
private func waitUntilWritable(_ descriptor: CInt) throws(Errno) {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&entry, 1, -1) >= 0 || errno == EINTR else { throw Errno(rawValue: errno) }
}
