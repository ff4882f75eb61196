import AtomicFiles
import Glibc
import SystemPackage

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
