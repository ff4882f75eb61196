import CPerf
import Glibc
import SystemPackage
import Workloads

/// A child process that is the recorded program, traced as rr traces (kernel-and-rr.md 2.1): stopped at each system
/// call's entry and exit and before each signal, killed when its tracer ends.
struct RecordedProcess: ~Copyable {
    /// What wait(2) says of a stop at a system call (PTRACE_O_TRACESYSGOOD, ptrace(2)).
    static let systemCallStop = Int32(SIGTRAP) | 0x80

    let code: ProgramCode
    private let window: ProgramWindow
    private var process: ChildProcess

    var id: Int32 { process.id }

    /// Starts the program on a CPU and lets it run to the entry of its first system call, before which nothing counts.
    static func start(_ program: RecordedProgram, cpu: Int) throws(RecordingError) -> RecordedProcess {
        if program.kinds.contains(.identification), let obstacle = EventKind.identificationObstacle() {
            throw .unsupported("the program needs CPUID to fault, and \(obstacle); leave that kind of event out")
        }
        let code = try ProgramCode()
        let window = try traced { () throws(TraceError) in try ProgramWindow() }
        window.fill(program, code)
        let started = cperf_recorded_start(window.pointer, window.report)
        try traced { () throws(TraceError) in try check(started, .startChild) }
        var child = RecordedProcess(code: code, window: window, process: ChildProcess(id: started))
        guard try child.wait() == .stopped(signal: SIGSTOP) else {
            let refused = child.window.report.pointee.trace_error
            throw .trace(TraceError(attempt: .traceChild, errno: refused == 0 ? nil : Errno(rawValue: refused)))
        }
        try traced { () throws(TraceError) in
            try check(cperf_recorded_set_options(started), .traceChild)
            try check(cperf_child_pin(started, Int32(clamping: cpu)), .pinChild)
        }
        try child.runToBegin()
        return child
    }

    private init(code: ProgramCode, window: consuming ProgramWindow, process: consuming ChildProcess) {
        self.code = code
        self.window = window
        self.process = process
    }

    private mutating func runToBegin() throws(RecordingError) {
        repeat {
            try resume()
            let stop = try wait()
            guard stop == .stopped(signal: Self.systemCallStop) else {
                throw .child("the recorded program did not begin: \(stop.sentence)")
            }
        } while try offset() != code.begun
        let refused = window.pointer.pointee.identification_result
        guard refused == 0 else {
            throw .unsupported("making CPUID fault: \(Errno(rawValue: Int32(clamping: -refused)))")
        }
    }

    /// Lets it run to its next stop, without the signal that stopped it.
    func resume() throws(RecordingError) {
        let resumed = cperf_recorded_resume(process.id, 0)
        guard resumed == 0 else { throw .trace(TraceError(attempt: .resumeChild, errno: Errno(rawValue: -resumed))) }
    }

    /// Lets it execute one instruction.
    func step() throws(RecordingError) {
        let stepped = cperf_child_step(process.id)
        guard stepped == 0 else { throw .trace(TraceError(attempt: .stepChild, errno: Errno(rawValue: -stepped))) }
    }

    mutating func wait() throws(RecordingError) -> TracedChild.Stop {
        do {
            return try process.wait()
        } catch {
            throw .trace(error)
        }
    }

    func registers() throws(RecordingError) -> cperf_recorded_registers {
        var registers = cperf_recorded_registers()
        let read = cperf_recorded_read_registers(process.id, &registers)
        guard read == 0 else { throw .trace(TraceError(attempt: .readRegisters, errno: Errno(rawValue: -read))) }
        return registers
    }

    /// Where it stands; nil outside the program.
    func offset() throws(RecordingError) -> UInt32? { code.offset(of: try registers().instruction_pointer) }

    /// Lets it go on at another place.
    func move(to offset: UInt32) throws(RecordingError) {
        let moved = cperf_recorded_move(process.id, code.address + UInt64(offset))
        guard moved == 0 else { throw .trace(TraceError(attempt: .readRegisters, errno: Errno(rawValue: -moved))) }
    }
}

extension TracedChild.Stop {
    /// "signal 9 killed it".
    var sentence: String {
        switch self {
        case .stopped(let signal): "signal \(signal) stopped it, and nobody should send it one"
        case .exited(let status): "it ended with status \(status)"
        case .killed(let signal): "signal \(signal) killed it"
        }
    }
}
