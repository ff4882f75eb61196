import Glibc
import SystemPackage

/// Why a workload's window could not be made or its child could not be traced: what was tried, what the kernel said,
/// and what to do about it.
public struct TraceError: Error, Sendable, Hashable {
    /// What was tried.
    public enum Attempt: String, Sendable, Hashable {
        case mapWindow = "map memory for the workload's window"
        case startChild = "start a child process"
        case traceChild = "trace a child process"
        case pinChild = "move the traced child to its CPU"
        case moveChild = "move the traced child to another instruction"
        case resumeChild = "resume the traced child"
        case stepChild = "single-step the traced child"
        case waitForChild = "wait for the traced child"
        case readRegisters = "read the traced child's registers"
        case readMemory = "read the traced child's memory"
        /// The child stopped or ended otherwise than its routine does. What the kernel said is then no error.
        case followChild = "follow the traced child through its routine"
    }

    public var attempt: Attempt
    /// What the kernel said; nil where it said nothing.
    public var errno: Errno?

    public init(attempt: Attempt, errno: Errno?) {
        self.attempt = attempt
        self.errno = errno
    }

    /// What a person can do about it.
    public var nextStep: String {
        switch (attempt, errno) {
        case (.traceChild, .permissionDenied?), (.traceChild, .notPermitted?):
            """
            set kernel.yama.ptrace_scope below 3, and in a container allow ptrace in its seccomp profile and add the \
            capability SYS_PTRACE
            """
        case (.readMemory, .notPermitted?):
            "in a container allow process_vm_readv in its seccomp profile or add the capability SYS_PTRACE"
        case (.startChild, .resourceTemporarilyUnavailable?): "raise the limit of processes (ulimit -u)"
        case (.startChild, .noMemory?), (.mapWindow, .noMemory?): "free some memory"
        case (.startChild, .notPermitted?): "allow clone in the seccomp profile of this container or service"
        case (.pinChild, .invalidArgument?): "choose an online CPU that this process may use (taskset -p $$)"
        case (_, .canceled?): "truecount was told to stop"
        case (_, .noSuchProcess?), (_, .noChildProcess?), (.followChild, _):
            "find what sends the child signals, and run again"
        case (_, .interrupted?):
            """
            something interrupts this call again and again that is not a signal: look for a filter or a fault injected \
            into this process
            """
        case (_, .noFunction?): "run on x86-64 or aarch64: no other architecture has workloads"
        default: "see ptrace(2) for what this error means there"
        }
    }
}

extension TraceError: CustomStringConvertible {
    public var description: String {
        let said = errno.map { ": \($0.description)" } ?? ""
        return "cannot \(attempt.rawValue)\(said); \(nextStep)"
    }
}

/// Throws what a function of traced_child.h or a raw system call returned, if that was -errno.
package func check(_ result: Int32, _ attempt: TraceError.Attempt) throws(TraceError) {
    guard result < 0 else { return }
    throw TraceError(attempt: attempt, errno: Errno(rawValue: -result))
}
