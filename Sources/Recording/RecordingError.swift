import PerfEvents
import SystemPackage
import Workloads

/// Why a recording or a replay could not be made, or cannot be believed. Its description is one line.
public enum RecordingError: Error, Sendable, CustomStringConvertible {
    /// A counter could not be opened, armed or read.
    case perf(PerfError)
    /// The child could not be made or traced.
    case trace(TraceError)
    /// The tracer could not be bound to its CPU.
    case cannotPin(cpu: Int, Errno)
    /// The timeline's file.
    case timeline(TimelineError)
    /// Somebody ended or stopped the child, or it was found where it cannot be.
    case child(String)
    /// This machine lacks what the program needs.
    case unsupported(String)
    /// It was asked to stop.
    case interrupted

    public var description: String {
        switch self {
        case .perf(let error): error.description
        case .trace(let error): error.description
        case .cannotPin(let cpu, let errno):
            "binding to CPU \(cpu): \(errno); choose another with --cpu (allowed ones: taskset -cp $$)"
        case .timeline(let error): error.description
        case .child(let text): "\(text); see what sends signals to it, and run again"
        case .unsupported(let text): text
        case .interrupted: "interrupted; nothing was kept"
        }
    }

    /// Whether nothing can be recorded on this machine for this reason, whatever is tried again.
    public var isUnsupported: Bool {
        switch self {
        case .unsupported: true
        case .perf(let error): Self.unsupportedCodes.contains(error.code)
        case .trace(let error): error.attempt == .traceChild || error.errno == .noFunction
        default: false
        }
    }

    private static let unsupportedCodes: Set<PerfError.Code> = [
        .permissionDenied, .blockedBySeccomp, .notBuiltIn, .noPMU, .eventUnsupported, .samplingUnsupported,
    ]
}

/// Runs something that throws another layer's errors, as a part of a recording.
func perf<Value: ~Copyable>(_ body: () throws(PerfError) -> Value) throws(RecordingError) -> Value {
    do {
        return try body()
    } catch {
        throw .perf(error)
    }
}

func traced<Value: ~Copyable>(_ body: () throws(TraceError) -> Value) throws(RecordingError) -> Value {
    do {
        return try body()
    } catch {
        throw .trace(error)
    }
}
