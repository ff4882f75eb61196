import CPerf
import Glibc
import SystemPackage

/// What ends a segment of the recorded program, and is an event of its timeline.
public enum EventKind: UInt8, Codable, Sendable, Hashable, CaseIterable {
    /// A system call without effect (getppid(2)).
    case systemCall = 0
    /// A signal that the program sends to itself (SIGUSR1).
    case signal = 1
    /// A store to a page that is not there for it (SIGSEGV).
    case fault = 2
    /// CPUID, which the kernel was told to refuse (SIGSEGV; arch_prctl(2), ARCH_SET_CPUID).
    case identification = 3
    /// The program's end: its last system call.
    case end = 4

    /// Those that a program can be made of; each has one end besides.
    static let drawn: [EventKind] = [.systemCall, .signal, .fault, .identification]

    /// Name for people and for programs.
    public var name: String {
        switch self {
        case .systemCall: "system-call"
        case .signal: "signal"
        case .fault: "fault"
        case .identification: "cpuid"
        case .end: "end"
        }
    }
}

extension EventKind {
    /// The kinds that this CPU and kernel offer, in the order of their numbers.
    public static func available() -> [EventKind] {
        drawn.filter { $0 != .identification || identificationObstacle() == nil }
    }

    /// Why CPUID cannot be made to fault here, as a part of a sentence; nil where it can.
    public static func identificationObstacle() -> String? {
        let result = cperf_identification_faults()
        guard result < 0 else { return nil }
        switch -result {
        case ENODEV: return "this CPU, or its hypervisor, cannot make CPUID fault"
        case ENOSYS, EINVAL: return "this kernel or this architecture has no CPUID faulting"
        case let number: return "arch_prctl: \(Errno(rawValue: number))"
        }
    }
}
