import Measurement
import PerfEvents

/// What a counter counts in the recorded program, so that two timelines are compared only where it is the same.
public enum BranchCounting: String, Codable, Sendable, Hashable {
    /// Retired conditional branches, taken or not.
    case conditionalBranches = "conditional-branches"
    /// Taken branches of any kind.
    case takenBranches = "taken-branches"
    /// Executions of the branch that closes a segment's loop.
    case loopBranch = "loop-branch"

    public init(_ events: CountedEvents) {
        switch events.kind {
        case .breakpoint: self = .loopBranch
        case .hardware(let rcb, _): self = rcb.counts == .takenBranches ? .takenBranches : .conditionalBranches
        }
    }

    /// Counts of a whole segment, up to its event.
    func perSegment(iterations: UInt64) -> UInt64 {
        switch self {
        case .loopBranch: iterations
        case .conditionalBranches: 2 * iterations
        // The first branch where the remaining count is odd, the closing one but the last time, the jump to the event.
        case .takenBranches: (iterations + 1) / 2 + (iterations - 1) + 1
        }
    }

    /// Counts between an event and the next segment: the branch that closes the program's own loop, and the jump to it.
    var betweenSegments: UInt64 {
        switch self {
        case .loopBranch: 0
        case .conditionalBranches: 1
        case .takenBranches: 2
        }
    }

    /// Counts between the last segment's event and the end, where that branch is not taken.
    var beforeTheEnd: UInt64 { self == .loopBranch ? 0 : 1 }
}
