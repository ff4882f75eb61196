import Foundation
import Glibc

/// How a program ended, and what it wrote.
struct SubprocessResult: Sendable {
    /// Its exit status, or 128 + the signal that ended it.
    let status: Int32
    let output: String
    let errors: String

    /// The last line of what it said on stderr.
    var lastError: String {
        errors.split(separator: "\n").last.map { String($0) } ?? "exit status \(status)"
    }
}

struct SubprocessError: Error, CustomStringConvertible {
    let description: String
}

/// Runs a program to its end. Its output goes through files: a pipe that nobody empties would stop it.
///
/// Not by Foundation's `Process`: that hands on the signal mask of a worker thread, with SIGTERM blocked, and a shell
/// script so started can neither be ended nor end its own background jobs. It also leaves the terminal's process group,
/// so that Ctrl-C would end the tests and leave the guests.
func runSubprocess(_ executable: URL, _ arguments: [String]) async throws -> SubprocessResult {
    let folder = try TemporaryFolder(named: "truecount-subprocess")
    let output = folder.url.appendingPathComponent("output")
    let errors = folder.url.appendingPathComponent("errors")
    let child = try spawn(executable.path, arguments, output: output.path, errors: errors.path)
    let status: Int32 = await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: waitForEnd(of: child)) }
    }
    return SubprocessResult(
        status: status, output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
        errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
}

private func spawn(_ path: String, _ arguments: [String], output: String, errors: String) throws -> pid_t {
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var vector: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for pointer in vector { free(pointer) } }
    var child: pid_t = 0
    let error = posix_spawn(&child, path, &files, &attributes, &vector, environ)
    guard error == 0 else { throw SubprocessError(description: "\(path): \(String(cString: strerror(error)))") }
    return child
}

private func waitForEnd(of child: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal
}

/// A folder that is gone when nobody holds it any more.
final class TemporaryFolder: Sendable {
    let url: URL

    init(named name: String) throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("\(name).\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}
