import Glibc
import Synchronization

/// A program of this package, run as a person runs it.
struct Program {
    let path: String
    /// Another program and its arguments that starts this one: strace(1), setpriv(1), script(1).
    var launcher: [String] = []

    /// The built command line tool, beside the test bundle, or the one that `TRUECOUNT_PROGRAM` names.
    static var truecount: Program {
        Program(path: getenv("TRUECOUNT_PROGRAM").map { String(cString: $0) } ?? builtPath("truecount"))
    }

    static func builtPath(_ name: String) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let bundle = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return bundle.prefix(through: bundle.lastIndex(of: "/") ?? bundle.startIndex) + name
    }

    func launched(by launcher: String...) -> Program {
        var program = self
        program.launcher = launcher + program.launcher
        return program
    }
}

/// What a program's standard output is.
enum StandardOutput {
    case captured
    case path(String)
    case closed
    /// A pipe whose reader is already gone.
    case unread
}

/// How a program ended.
enum Termination: Hashable {
    case exited(Int32)
    case killed(signal: Int32)
    /// It, or a process that it left behind, still held its standard error when the time was up.
    case hung
}

struct ProgramOutcome {
    var termination: Termination
    var output: String
    var errors: String

    var errorLines: [Substring] { errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast() }
}

/// A system call of the tests' own machinery failed.
struct RunnerError: Error {
    var call: String
    var errno: Int32
}

extension Program {
    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - limit: seconds after which it counts as hung and is killed, with its whole process group.
    ///   - whileRunning: called with the process's id once it has written its first bytes, or has ended.
    func run(
        _ arguments: [String], output: StandardOutput = .captured, environment: [String: String] = [:], limit: Int = 120,
        whileRunning: ((pid_t) -> Void)? = nil
    ) throws(RunnerError) -> ProgramOutcome {
        let outputPipe = try Pipe()
        let errorPipe = try Pipe()
        let command = launcher + [path] + arguments
        let process = try spawn(command, output: output, outputPipe: outputPipe, errorPipe: errorPipe, environment: environment)
        outputPipe.closeWriter()
        errorPipe.closeWriter()
        var collector = Collector(descriptors: [outputPipe.reader, errorPipe.reader], deadline: monotonicSeconds() + limit)
        if let whileRunning {
            _ = collector.collect(untilFirstByte: true)
            whileRunning(process)
        }
        let isComplete = collector.collect(untilFirstByte: false)
        if !isComplete { kill(-process, SIGKILL) }
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7F
        return ProgramOutcome(
            termination: !isComplete ? .hung : signal != 0 ? .killed(signal: signal) : .exited((status >> 8) & 0xFF),
            output: String(decoding: collector.contents[0], as: UTF8.self),
            errors: String(decoding: collector.contents[1], as: UTF8.self))
    }

    private func spawn(
        _ command: [String], output: StandardOutput, outputPipe: Pipe, errorPipe: Pipe, environment: [String: String]
    ) throws(RunnerError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        switch output {
        case .captured: posix_spawn_file_actions_adddup2(&actions, outputPipe.writer, 1)
        case .path(let path): posix_spawn_file_actions_addopen(&actions, 1, path, O_WRONLY, 0)
        case .closed: posix_spawn_file_actions_addclose(&actions, 1)
        case .unread:
            let unread = try Pipe()
            posix_spawn_file_actions_adddup2(&actions, unread.writer, 1)
            return try spawn(command, actions: actions, errorPipe: errorPipe, environment: environment)
        }
        return try spawn(command, actions: actions, errorPipe: errorPipe, environment: environment)
    }

    private func spawn(
        _ command: [String], actions: posix_spawn_file_actions_t, errorPipe: Pipe, environment: [String: String]
    ) throws(RunnerError) -> pid_t {
        var actions = actions
        posix_spawn_file_actions_adddup2(&actions, errorPipe.writer, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Nothing of the test process's own treatment of signals is inherited, and one kill(2) reaches all descendants.
        var all = sigset_t()
        var none = sigset_t()
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var process = pid_t()
        let result = withCStrings(command) { arguments in
            withCStrings(Self.environment(with: environment)) { environment in
                spawning.withLock { _ in
                    posix_spawnp(&process, command[0], &actions, &attributes, arguments, environment)
                }
            }
        }
        guard result == 0 else { throw RunnerError(call: "posix_spawn", errno: result) }
        return process
    }

    /// A small and known environment: no terminal, no colour, no translation.
    private static func environment(with additions: [String: String]) -> [String] {
        var variables = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "SWIFT_BACKTRACE": "enable=no"]
        variables.merge(additions) { $1 }
        return variables.map { "\($0)=\($1)" }
    }
}
