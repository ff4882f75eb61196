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
    ///   - keys: written to its standard input once it has itself written something. Without keys the input is empty.
    func run(
        _ arguments: [String], output: StandardOutput = .captured, environment: [String: String] = [:],
        limit: Int = 120,
        typing keys: String? = nil
    ) throws(RunnerError) -> ProgramOutcome {
        let (inputPipe, outputPipe, errorPipe) = (try Pipe(), try Pipe(), try Pipe())
        var actions = try FileActions()
        if keys == nil { actions.open("/dev/null", O_RDONLY, as: 0) } else { actions.use(inputPipe.reader, as: 0) }
        switch output {
        case .captured: actions.use(outputPipe.writer, as: 1)
        case .path(let path): actions.open(path, O_WRONLY, as: 1)
        case .closed: actions.close(1)
        case .unread:
            outputPipe.closeReader()
            actions.use(outputPipe.writer, as: 1)
        }
        actions.use(errorPipe.writer, as: 2)
        let process = try spawn(launcher + [path] + arguments, actions, environment: environment)
        outputPipe.closeWriter()
        errorPipe.closeWriter()
        var collector = Collector(
            descriptors: [outputPipe.reader, errorPipe.reader], deadline: monotonicSeconds() + limit)
        if let keys {
            _ = collector.collect(untilFirstByte: true)
            _ = write(inputPipe.writer, keys, keys.utf8.count)
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

    func spawn(
        _ command: [String], _ actions: borrowing FileActions, environment: [String: String]
    ) throws(RunnerError) -> pid_t {
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
                    withUnsafePointer(to: actions.value) {
                        posix_spawnp(&process, command[0], $0, &attributes, arguments, environment)
                    }
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

/// What is done with descriptors between fork and exec.
struct FileActions: ~Copyable {
    private(set) var value = posix_spawn_file_actions_t()

    init() throws(RunnerError) {
        let result = posix_spawn_file_actions_init(&value)
        guard result == 0 else { throw RunnerError(call: "posix_spawn_file_actions_init", errno: result) }
    }

    mutating func use(_ descriptor: CInt, as number: CInt) {
        posix_spawn_file_actions_adddup2(&value, descriptor, number)
    }

    mutating func open(_ path: String, _ flags: CInt, as number: CInt) {
        posix_spawn_file_actions_addopen(&value, number, path, flags, 0)
    }

    mutating func close(_ number: CInt) {
        posix_spawn_file_actions_addclose(&value, number)
    }

    deinit {
        var value = value
        posix_spawn_file_actions_destroy(&value)
    }
}
