import Glibc
import SystemPackage

/// Replaces a file at once: readers see the old contents or the new, and a failure leaves the old.
package func replaceFile(at path: String, with bytes: [UInt8]) throws(Errno) {
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
package struct TemporaryFile: ~Copyable {
    package let path: String
    package let descriptor: CInt

    /// - Throws: `Errno` of open(2).
    package init(beside neighbour: String) throws(Errno) {
        let cut = neighbour.lastIndex(of: "/").map(neighbour.index(after:)) ?? neighbour.startIndex
        let folder = neighbour[..<cut]
        // The process id makes the name ours among living processes; a leftover of a dead one must be neither
        // trusted nor followed, so it is removed and the file made anew.
        path = "\(folder).truecount-\(getpid()).tmp"
        unlink(path)
        // 0666 less the umask, as any other new file; mkstemp(3) would make it private.
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    }

    package consuming func discard() {
        unlink(path)
    }

    /// - Throws: `Errno` of fsync(2) or rename(2); the temporary file is then gone.
    package consuming func takePlace(of target: String) throws(Errno) {
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
