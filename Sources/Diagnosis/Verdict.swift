/// The answer to the one question: does this kernel, on this CPU, count every branch when the counter interrupts?
public enum Verdict: String, Codable, Sendable, Hashable, CaseIterable {
    /// Every probe that the request needs ran on a core PMU, controls included, and found nothing.
    case accurate
    /// At least one finding, reproduced in a repeat run.
    case faulty
    /// Disturbed runs, a failed control, or too little data.
    case inconclusive
    /// No core PMU, no permission, or no RCB event for this CPU.
    case unsupported

    /// The exit code of the native world (DESIGN.md, "Verdict and exit code").
    public var exitCode: Int32 {
        switch self {
        case .accurate: 0
        case .faulty: 1
        case .inconclusive: 3
        case .unsupported: 4
        }
    }
}
