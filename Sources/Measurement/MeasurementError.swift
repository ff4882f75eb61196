import PerfEvents
import SystemPackage
import Workloads

/// Why a run could not be made, or cannot be believed.
public enum MeasurementError: Error, Sendable, CustomStringConvertible {
    /// An event could not be opened, armed or read.
    case perf(PerfError)
    /// The traced child of the positive control could not be made or followed.
    case trace(TraceError)
    /// The thread could not be bound to the CPU under test.
    case cannotPin(cpu: Int, Errno)
    /// A system call inside the measured window failed, so the window was not what the closed form describes.
    case window(step: String, Errno)
    /// Another system call that a record needs failed.
    case systemCall(String, Errno)
    /// This bench or this machine cannot make a run under that condition; the text says why.
    case unavailable(Condition, String)
    /// The kernel's answer cannot be true.
    case implausible(String)

    public var description: String {
        switch self {
        case .perf(let error): error.description
        case .trace(let error): error.description
        case .cannotPin(let cpu, let errno):
            "binding to CPU \(cpu): \(errno); choose another with --cpu (allowed ones: taskset -cp $$)"
        case .window(let step, let errno):
            "\(step) inside the measured window: \(errno); the run cannot be used, run truecount again and report it if it persists"
        case .systemCall(let attempt, let errno): "\(attempt): \(errno); the run cannot be used, run truecount again"
        case .unavailable(let condition, let reason): "\(condition): \(reason)"
        case .implausible(let text): text
        }
    }

    /// Whether no diagnosis can be made on this machine for this reason, whatever is tried again.
    public var isUnsupported: Bool {
        guard case .perf(let error) = self else { return false }
        return Self.unsupported.contains(error.code)
    }

    /// Whether a pinned event found no counter: other users hold them all.
    public var isStarvation: Bool {
        guard case .perf(let error) = self else { return false }
        return error.code == .notScheduled
    }

    /// Why a run under a condition was refused, where it is no sign of a mistake; nil for what cannot be believed.
    public var refusal: String? {
        switch self {
        case .implausible, .window: nil
        case .unavailable(_, let reason): reason
        case .perf, .trace, .cannotPin, .systemCall: description
        }
    }

    private static let unsupported: Set<PerfError.Code> = [
        .permissionDenied, .blockedBySeccomp, .notBuiltIn, .noPMU, .eventUnsupported, .samplingUnsupported,
    ]
}
