import Glibc

/// A program that is still on its way: to be looked at, typed at and sent signals.
final class RunningProgram {
    let process: pid_t
    private let input: Pipe
    private let streams: [Pipe]
    private var collector: Collector
    private var isReaped = false

    init(_ program: Program, _ arguments: [String], environment: [String: String] = [:], limit: Int = 120) throws {
        let (input, output, errors) = (try Pipe(), try Pipe(), try Pipe())
        var actions = try FileActions()
        actions.use(input.reader, as: 0)
        actions.use(output.writer, as: 1)
        actions.use(errors.writer, as: 2)
        process = try program.spawn(program.launcher + [program.path] + arguments, actions, environment: environment)
        output.closeWriter()
        errors.closeWriter()
        self.input = input
        streams = [output, errors]
        collector = Collector(
            descriptors: [output.reader, errors.reader], deadline: monotonicSeconds() + limit)
    }

    var output: String { String(decoding: collector.contents[0], as: UTF8.self) }
    var errors: String { String(decoding: collector.contents[1], as: UTF8.self) }

    /// Reads until the condition holds. False where the program ended, or the time was up, before.
    func read(until condition: (RunningProgram) -> Bool) -> Bool {
        while !condition(self) {
            if !collector.collectSome(milliseconds: 5) { return condition(self) }
        }
        return true
    }

    func send(_ signal: CInt) { kill(process, signal) }
    func type(_ keys: String) { _ = write(input.writer, keys, keys.utf8.count) }

    /// Children that it traces and that are there now.
    var children: [pid_t] {
        lines(ofFile: "/proc/\(process)/task/\(process)/children").flatMap { $0.split(separator: " ") }
            .compactMap { pid_t($0) }
            .filter { lines(ofFile: "/proc/\($0)/status").contains("TracerPid:\t\(process)") }
    }

    /// Reads to its end.
    func finish() -> ProgramOutcome {
        let isComplete = collector.collect(untilFirstByte: false)
        if !isComplete { kill(-process, SIGKILL) }
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        isReaped = true
        let signal = status & 0x7F
        return ProgramOutcome(
            termination: !isComplete ? .hung : signal != 0 ? .killed(signal: signal) : .exited((status >> 8) & 0xFF),
            output: output, errors: errors)
    }

    deinit {
        guard !isReaped else { return }
        kill(-process, SIGKILL)
        kill(process, SIGKILL)
        var status: CInt = 0
        waitpid(process, &status, 0)
    }
}
