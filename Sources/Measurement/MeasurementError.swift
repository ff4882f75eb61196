import PerfEvents
import SystemPackage
import Workloads

/// Why a run could not be made, or cannot be believed.
public enum MeasurementError: Error, Sendable, CustomStringConvertible {
    /// An event could not be opened, armed or read.
    case perf(PerfError)
    /// A traced child could not be made or followed.
    case trace(TraceError)
    /// Somebody ended or stopped a traced child, or it was found where it cannot be.
    case child(String)
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
    /// This machine lacks what a recorded program needs.
    case unsupported(String)
    /// A timeline that cannot be replayed here.
    case timeline(String)
    /// This process was told to stop, or whoever asked for the run no longer wants it. Nothing of the run was kept.
    case interrupted

    public var description: String {
        switch self {
        case .perf(let error): error.description
        case .trace(let error): error.description
        case .cannotPin(let cpu, let errno):
            "binding to CPU \(cpu): \(errno); choose another with --cpu (allowed ones: taskset -cp $$)"
        case .window(let step, let errno):
            "\(step) inside the measured window: \(errno); the run cannot be used; run truecount again, and report it if it happens again"
        case .systemCall(let attempt, let errno): "\(attempt): \(errno); the run cannot be used; run truecount again"
        case .unavailable(let condition, let reason): "\(condition): \(reason)"
        case .child(let text): "\(text); find what sends it signals, and run again"
        case .implausible(let text), .unsupported(let text), .timeline(let text): text
        case .interrupted: "interrupted; the run in hand was not kept"
        }
    }

    /// Whether no diagnosis can be made on this machine for this reason, whatever is tried again.
    public var isUnsupported: Bool {
        switch self {
        case .perf(let error): Self.unsupportedCodes.contains(error.code)
        case .unsupported: true
        default: false
        }
    }

    /// Whether nothing can be recorded on this machine for this reason: a recorder cannot do without its child.
    public var isUnsupportedForRecorder: Bool {
        guard case .trace(let error) = self else { return isUnsupported }
        return error.attempt == .traceChild || error.errno == .noFunction
    }

    /// Whether a pinned event found no counter: other users hold them all.
    public var isStarvation: Bool {
        guard case .perf(let error) = self else { return false }
        return error.code == .notScheduled
    }

    /// Whether it is not the machine's fault, but somebody's wish to end.
    public var isInterruption: Bool { if case .interrupted = self { true } else { false } }

    /// Why a run under a condition was refused, where it is no sign of a mistake; nil for what cannot be believed.
    public var refusal: String? {
        switch self {
        case .implausible, .child, .window, .interrupted: nil
        case .unavailable(_, let reason): reason
        case .perf, .trace, .cannotPin, .systemCall, .unsupported, .timeline: description
        }
    }

    private static let unsupportedCodes: Set<PerfError.Code> = [
        .permissionDenied, .blockedBySeccomp, .notBuiltIn, .noPMU, .eventUnsupported, .samplingUnsupported,
    ]
}
