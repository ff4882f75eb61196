import CPerf
import Glibc
import SystemPackage

/// A child process that runs a workload once, under ptrace(2).
///
/// It shares this process's descriptors, so events that are opened on it after its start can be put into its window
/// by their numbers. It has a copy of this process's memory, and executes nothing but C and assembly. It never
/// outlives its tracer (PTRACE_O_EXITKILL, PR_SET_PDEATHSIG) nor this value.
///
/// The kernel takes orders only from the thread that started the child: use it on that thread alone, and not across
/// an `await`.
public struct TracedChild: ~Copyable {
    /// How the child stopped or ended.
    public enum Stop: Sendable, Hashable {
        /// It stopped before this signal was delivered to it.
        case stopped(signal: Int32)
        case exited(status: Int32)
        /// This signal ended it.
        case killed(signal: Int32)
    }

    private var process: ChildProcess
    private let memory: WorkloadWindow

    public var processID: Int32 { process.id }

    /// The child's window, in shared memory: fill in descriptors before the child reaches its routine, read results
    /// after its end. Valid while this value lives.
    public var window: UnsafeMutablePointer<cperf_window> { memory.pointer }

    /// Starts a child, which stops before its routine.
    ///
    /// - Parameters:
    ///   - iterations: 1 or more; the child of no iterations would follow its counter round through 2^64.
    ///   - cpu: the only CPU that it may run on.
    /// - Throws: where the kernel lets this process start or trace no child, or the child not onto that CPU.
    public init(workload: Workload, iterations: UInt64, cpu: Int? = nil) throws(TraceError) {
        guard iterations > 0 else { throw TraceError(attempt: .startChild, errno: .invalidArgument) }
        let memory = try WorkloadWindow()
        let started = cperf_child_start(workload.routine, memory.pointer, iterations, memory.report)
        try check(started, .startChild)
        var process = ChildProcess(id: started)
        guard try process.wait() == .stopped(signal: SIGSTOP) else {
            let refused = memory.report.pointee.trace_error
            throw TraceError(attempt: .traceChild, errno: refused == 0 ? nil : Errno(rawValue: refused))
        }
        try check(cperf_child_kill_with_tracer(started), .traceChild)
        if let cpu {
            try check(cperf_child_pin(started, Int32(clamping: cpu)), .pinChild)
        }
        self.memory = memory
        self.process = process
    }

    /// Lets the child run on, with that signal delivered, or none where it is 0. `wait` says how far it came.
    public func resume(signal: Int32 = 0) throws(TraceError) {
        try check(cperf_child_continue(process.id, signal), .resumeChild)
    }

    /// Lets the child execute one instruction. `wait` then returns `stopped(signal: SIGTRAP)`.
    public func step() throws(TraceError) {
        try check(cperf_child_step(process.id), .stepChild)
    }

    /// Waits until the child stops or ends.
    ///
    /// - Throws: EINTR where handlers of this thread's signals interrupt one wait a hundred times: block them.
    public mutating func wait() throws(TraceError) -> Stop {
        try process.wait()
    }

    /// The stopped child's registers.
    public func registers() throws(TraceError) -> UserRegisters {
        UserRegisters(try machineRegisters())
    }

    /// The same, with those of a system call that is about to be made.
    public func machineRegisters() throws(TraceError) -> cperf_child_registers {
        var registers = cperf_child_registers()
        try check(cperf_child_registers(process.id, &registers), .readRegisters)
        return registers
    }

    /// The bytes at an address of the child's: as many as the longest instruction has (15), fewer where its mapping
    /// ends.
    public func readInstruction(at address: UInt64) throws(TraceError) -> [UInt8] {
        try read(at: address, count: InstructionClass.longestInstruction)
    }

    func read(at address: UInt64, count: Int) throws(TraceError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = cperf_child_read(process.id, address, &bytes, count)
        try check(Int32(truncatingIfNeeded: got), .readMemory)
        return Array(bytes.prefix(got))
    }
}

/// Owns a child process: kills it and waits for its end, unless it has ended.
///
/// Not private, for the reason that `Mapping` has.
package struct ChildProcess: ~Copyable {
    package let id: Int32
    private var hasEnded = false

    package init(id: Int32) {
        self.id = id
    }

    package mutating func wait() throws(TraceError) -> TracedChild.Stop {
        var result = cperf_wait()
        try check(cperf_child_wait(id, &result), .waitForChild)
        switch result.kind {
        case CPERF_STOPPED: return .stopped(signal: result.value)
        case CPERF_EXITED:
            hasEnded = true
            return .exited(status: result.value)
        default:
            hasEnded = true
            return .killed(signal: result.value)
        }
    }

    deinit {
        // After the end the number may be another process's.
        if !hasEnded { _ = cperf_child_kill(id) }
    }
}
