import CPerf
import Glibc
import SystemPackage

/// A child process that runs one routine, a workload or another, under ptrace(2). The only tracer there is: the positive
/// control, runs that migrate, recordings and the single-step proof all use it.
///
/// It shares this process's descriptors, so events that are opened on it after its start can be put into its window
/// by their numbers. It has a copy of this process's memory, and executes nothing but C and assembly. It never
/// outlives its tracer (PTRACE_O_EXITKILL, PR_SET_PDEATHSIG) nor this value, which kills it and waits for its end.
///
/// The kernel takes orders only from the thread that started the child: use it on that thread alone, and not across
/// an `await`.
public struct TracedChild: ~Copyable {
    /// How the child stopped or ended.
    public enum Stop: Sendable, Hashable {
        /// It stopped before this signal was delivered to it.
        case stopped(signal: Int32)
        /// It stopped at the entry or the exit of a system call.
        case systemCall
        case exited(status: Int32)
        /// This signal ended it.
        case killed(signal: Int32)
    }

    // `var`, though set once: Swift 6.2 takes a mutating method's call in `init` for a change of every `let`.
    public private(set) var processID: Int32
    private var memory: SharedMemory
    private var hasEnded = false
    /// Where breakpoint events count or stop the child, or did.
    private var breakpoints: Set<UInt64> = []

    /// The child's window, in shared memory: fill in descriptors before the child reaches its routine, read results
    /// after its end. Valid while this value lives. Only of a child that runs a workload.
    public var window: UnsafeMutablePointer<cperf_window> {
        memory.start.assumingMemoryBound(to: cperf_window.self)
    }

    /// Starts a child, which stops before its routine.
    ///
    /// - Parameters:
    ///   - iterations: 1 or more; the child of no iterations would follow its counter round through 2^64.
    ///   - cpu: the only CPU that it may run on.
    /// - Throws: where the kernel lets this process start or trace no child, or the child not onto that CPU.
    public init(workload: Workload, iterations: UInt64, cpu: Int? = nil) throws(TraceError) {
        guard iterations > 0 else { throw TraceError(attempt: .startChild, errno: .invalidArgument) }
        let memory = try SharedMemory()
        let window = memory.makeWindow()
        try self.init(memory, cpu: cpu) { cperf_child_start(workload.routine, window, iterations, $0) }
    }

    /// Starts a child of any routine, which stops before it.
    ///
    /// - Parameters:
    ///   - memory: what the routine works on.
    ///   - start: a function of traced_child.h or recorded_program.h: the process's number, or -errno.
    package init(
        _ memory: consuming SharedMemory, cpu: Int?,
        start: (UnsafeMutablePointer<cperf_child_report>) -> Int32
    ) throws(TraceError) {
        let report = memory.report
        processID = start(report)
        self.memory = memory
        guard processID > 0 else {
            hasEnded = true
            throw TraceError(attempt: .startChild, errno: Errno(rawValue: -processID))
        }
        do throws(TraceError) {
            guard try wait() == .stopped(signal: SIGSTOP) else {
                let refused = report.pointee.trace_error
                throw TraceError(attempt: .traceChild, errno: refused == 0 ? nil : Errno(rawValue: refused))
            }
            try check(cperf_child_set_options(processID), .traceChild)
            if let cpu { try pin(to: cpu) }
        } catch {
            if !hasEnded { _ = cperf_child_kill(processID) }
            hasEnded = true
            throw error
        }
    }

    /// Lets the child run on, with that signal delivered, or none where it is 0. `wait` says how far it came.
    public func resume(signal: Int32 = 0) throws(TraceError) {
        try check(cperf_child_continue(processID, signal), .resumeChild)
    }

    /// Lets the child run to the entry or exit of its next system call, or to a signal before it, without the signal
    /// that stopped it.
    public func resumeToSystemCall() throws(TraceError) {
        try check(cperf_child_continue_to_system_call(processID), .resumeChild)
    }

    /// Lets the child execute one instruction. `wait` then returns `stopped(signal: SIGTRAP)`.
    public func step() throws(TraceError) {
        try check(cperf_child_step(processID), .stepChild)
    }

    /// Says that an event of this child's fires at that address, from now on: ``leaveBreakpoint()`` then steps off it.
    public mutating func expectBreakpoint(at address: UInt64) { breakpoints.insert(address) }

    /// Executes the instruction on which the child stands if a breakpoint may have fired there that PTRACE_CONT would lose:
    /// on arm64 alone (traced_child.h).
    ///
    /// - Returns: how it stopped; nil where it stands on no breakpoint, and nothing was done.
    public mutating func leaveBreakpoint() throws(TraceError) -> Stop? {
        #if arch(arm64)
            guard !breakpoints.isEmpty, breakpoints.contains(try registers().instructionPointer) else { return nil }
            var result = cperf_wait()
            try check(cperf_child_step_off_breakpoint(processID, &result), .stepChild)
            return stop(of: result)
        #else
            return nil
        #endif
    }

    /// Waits until the child stops or ends.
    ///
    /// - Throws: ECANCELED where this process was told to stop (interruption.h). EINTR where handlers of this thread's
    ///   signals interrupt one wait a hundred times: block them.
    public mutating func wait() throws(TraceError) -> Stop {
        var result = cperf_wait()
        try check(cperf_child_wait(processID, &result), .waitForChild)
        return stop(of: result)
    }

    private mutating func stop(of result: cperf_wait) -> Stop {
        switch result.kind {
        case CPERF_STOPPED: return .stopped(signal: result.value)
        case CPERF_SYSTEM_CALL: return .systemCall
        case CPERF_EXITED:
            hasEnded = true
            return .exited(status: result.value)
        default:
            hasEnded = true
            return .killed(signal: result.value)
        }
    }

    /// The stopped child's registers.
    public func registers() throws(TraceError) -> UserRegisters {
        UserRegisters(try machineRegisters())
    }

    /// The same, with those of a system call that is about to be made.
    public func machineRegisters() throws(TraceError) -> cperf_child_registers {
        var registers = cperf_child_registers()
        try check(cperf_child_registers(processID, &registers), .readRegisters)
        return registers
    }

    /// Lets the stopped child go on at another instruction.
    public func move(to instructionPointer: UInt64) throws(TraceError) {
        try check(cperf_child_move(processID, instructionPointer), .moveChild)
    }

    /// Lets the child run on that CPU alone.
    public func pin(to cpu: Int) throws(TraceError) {
        try check(cperf_child_pin(processID, Int32(clamping: cpu)), .pinChild)
    }

    /// The bytes at an address of the child's: as many as the longest instruction has (15), fewer where its mapping
    /// ends.
    public func readInstruction(at address: UInt64) throws(TraceError) -> [UInt8] {
        try read(at: address, count: InstructionClass.longestInstruction)
    }

    package func read(at address: UInt64, count: Int) throws(TraceError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = cperf_child_read(processID, address, &bytes, count)
        try check(Int32(truncatingIfNeeded: got), .readMemory)
        return Array(bytes.prefix(got))
    }

    deinit {
        // After the end the number may be another process's.
        if !hasEnded { _ = cperf_child_kill(processID) }
    }
}

extension TracedChild.Stop {
    /// Of a child that should have done something else: "signal 9 killed it".
    package var sentence: String {
        switch self {
        case .stopped(let signal): "signal \(signal) stopped it"
        case .systemCall: "it made an unexpected system call"
        case .exited(let status): "it ended with status \(status)"
        case .killed(let signal): "signal \(signal) killed it"
        }
    }
}
