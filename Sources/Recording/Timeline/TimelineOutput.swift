import AtomicFiles
import Glibc
import SystemPackage

/// Where a timeline is written: a new file beside the old one, or a device or FIFO that cannot be replaced.
///
/// A class, because only a class's `deinit` may take out and discard what it owns.
final class TimelineOutput {
    private let path: String
    private var temporary: TemporaryFile?
    private let descriptor: CInt
    private let isInPlace: Bool

    init(path: String) throws(TimelineError) {
        var status = stat()
        let isThere = stat(path, &status) == 0
        let kind = status.st_mode & S_IFMT
        if isThere, kind == S_IFDIR { throw .cannotWrite(path, .isDirectory) }
        // A file that may not be written is not replaced behind its owner's back either.
        if isThere, access(path, W_OK) != 0 { throw .cannotWrite(path, Errno(rawValue: errno)) }
        if isThere, kind != S_IFREG {
            let opened = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
            guard opened >= 0 else { throw .cannotWrite(path, Errno(rawValue: errno)) }
            descriptor = opened
            temporary = nil
            isInPlace = true
            self.path = path
            return
        }
        let file = try Self.newFile(beside: path)
        descriptor = file.descriptor
        temporary = consume file
        self.path = path
        isInPlace = false
    }

    private static func newFile(beside path: String) throws(TimelineError) -> TemporaryFile {
        do {
            return try TemporaryFile(beside: path)
        } catch {
            throw .cannotWrite(path, error)
        }
    }

    func write(_ bytes: [UInt8]) throws(TimelineError) {
        do {
            try writeAll(bytes, to: descriptor)
        } catch {
            throw .cannotWrite(path, error)
        }
    }

    func takePlace() throws(TimelineError) {
        guard let file = temporary.take() else { return }
        do {
            try file.takePlace(of: path)
        } catch {
            throw .cannotWrite(path, error)
        }
    }

    deinit {
        temporary.take()?.discard()
        if isInPlace { close(descriptor) }
    }
}
