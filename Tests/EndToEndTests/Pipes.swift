import Glibc
import Synchronization

/// Held from a pipe's making until it is marked as not to be inherited, and while a process is started: tests run side
/// by side, and a writer that another test's process had inherited would keep the pipe from ever ending.
let spawning = Mutex(())

/// A pipe whose ends are inherited only as the streams that they are made.
final class Pipe {
    private(set) var reader: CInt
    private(set) var writer: CInt

    init() throws(RunnerError) {
        var ends: [CInt] = [-1, -1]
        let isMade = spawning.withLock { _ in
            pipe(&ends) == 0 && ends.allSatisfy { fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }
        }
        guard isMade else { throw RunnerError(call: "pipe", errno: errno) }
        (reader, writer) = (ends[0], ends[1])
    }

    func closeWriter() {
        if writer >= 0 { close(writer) }
        writer = -1
    }

    func closeReader() {
        if reader >= 0 { close(reader) }
        reader = -1
    }

    deinit {
        closeReader()
        closeWriter()
    }
}

/// Reads several pipes at once, so that none of them fills up and stops its writer.
struct Collector {
    private var open: [CInt]
    private let deadline: Int
    private(set) var contents: [[UInt8]]

    init(descriptors: [CInt], deadline: Int) {
        self.open = descriptors
        self.deadline = deadline
        self.contents = descriptors.map { _ in [] }
    }

    /// Reads until all writers are gone, or something has come. False if the deadline came first.
    mutating func collect(untilFirstByte: Bool) -> Bool {
        while open.contains(where: { $0 >= 0 }) {
            if untilFirstByte, contents.contains(where: { !$0.isEmpty }) { return true }
            let left = deadline - monotonicSeconds()
            guard left > 0 else { return false }
            var entries = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&entries, nfds_t(entries.count), CInt(left * 1000)) > 0 else { continue }
            for (index, entry) in entries.enumerated() where entry.revents != 0 { readOnce(index) }
        }
        return true
    }

    /// Reads what comes in so many milliseconds. False once all writers are gone, or the deadline has come.
    mutating func collectSome(milliseconds: CInt) -> Bool {
        guard open.contains(where: { $0 >= 0 }), monotonicSeconds() < deadline else { return false }
        var entries = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        guard poll(&entries, nfds_t(entries.count), milliseconds) > 0 else { return true }
        for (index, entry) in entries.enumerated() where entry.revents != 0 { readOnce(index) }
        return true
    }

    private mutating func readOnce(_ index: Int) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(open[index], &buffer, buffer.count)
        if count > 0 { contents[index] += buffer.prefix(count) } else { open[index] = -1 }
    }
}

func monotonicSeconds() -> Int { monotonicMilliseconds() / 1000 }

func monotonicMilliseconds() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return now.tv_sec * 1000 + now.tv_nsec / 1_000_000
}

/// The strings as `execve(2)` takes them.
func withCStrings<Result>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return body(copies + [nil])
}
