import Glibc
import SystemPackage

/// A file that is read from its beginning to its end, through a buffer of fixed size.
struct TimelineInput: ~Copyable {
    private let path: String
    private let descriptor: CInt
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    private var position = 0
    private var filled = 0

    init(path: String) throws(TimelineError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw .cannotRead(path, Errno(rawValue: errno)) }
    }

    deinit {
        close(descriptor)
    }

    /// So many bytes, or that error where the file has fewer.
    mutating func read(_ count: Int, orMissing missing: TimelineError) throws(TimelineError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            if position == filled, try !fill() { throw missing }
            let taken = min(count - bytes.count, filled - position)
            bytes += buffer[position..<position + taken]
            position += taken
        }
        return bytes
    }

    mutating func isAtEnd() throws(TimelineError) -> Bool {
        if position < filled { return false }
        return try !fill()
    }

    /// False at the end of the file.
    private mutating func fill() throws(TimelineError) -> Bool {
        var interruptions = 0
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR, interruptions < 100 {
                interruptions += 1
                continue
            }
            guard count >= 0 else { throw .cannotRead(path, Errno(rawValue: errno)) }
            (position, filled) = (0, count)
            return count > 0
        }
    }
}
