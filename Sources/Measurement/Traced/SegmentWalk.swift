import CPerf
import PerfEvents
import Workloads

/// Where the recorded program is, by the events that it has passed, and what its closed form says there. In constant
/// memory and time, however many segments there are.
struct SegmentWalk: Sendable {
    let program: RecordedProgram
    let counting: CountedBranches
    private var generator: SeededGenerator
    /// Events passed.
    private(set) var index: UInt64 = 0
    /// Iterations of the segment before the next event. 0 before the end.
    private(set) var iterations: UInt64 = 0
    /// Those of all segments that have been passed.
    private(set) var iterationsPassed: UInt64 = 0
    /// The next event; nil behind the end.
    private(set) var kind: EventKind?
    /// Counts when that segment's loop begins.
    private var countAtLoop: UInt64 = 0
    /// Counts at the last event.
    private var countAtLastEvent: UInt64 = 0

    init(_ program: RecordedProgram, _ counting: CountedBranches) {
        self.program = program
        self.counting = counting
        generator = SeededGenerator(seed: program.seed)
        draw()
    }

    /// Counts when the next event comes.
    var expected: UInt64 { kind == .end ? countAtLoop : countAtLoop + counting.perSegment(iterations: iterations) }

    /// Takes note that the next event has come.
    mutating func pass() {
        guard kind != nil else { return }
        countAtLastEvent = expected
        iterationsPassed += iterations
        index += 1
        if index > program.segments {
            kind = nil
        } else if index == program.segments {
            countAtLoop = countAtLastEvent + counting.beforeTheEnd
            iterations = 0
            kind = .end
        } else {
            countAtLoop = countAtLastEvent + counting.betweenSegments
            draw()
        }
    }

    /// As the assembly draws: the lower half of a number chooses the event, its upper bits the length.
    private mutating func draw() {
        let number = generator.next()
        iterations = program.shortest + number.multipliedFullWidth(by: program.longest - program.shortest + 1).high
        let choice = (number & 0xFFFF_FFFF) * UInt64(program.kinds.count)
        kind = program.kinds[Int(choice >> 32)]
    }

    /// Counts really reached, by the program's own registers. With the instruction pointer on a counted breakpoint its
    /// execution is included, as the breakpoint counts before it.
    ///
    /// Nil where the registers cannot be this program's between these two events.
    func position(_ registers: UserRegisters, in code: ProgramCode) -> UInt64? {
        guard let offset = code.offset(of: registers) else { return nil }
        let places = code.places
        if offset >= places.next {
            return offset <= places.closing ? countAtLastEvent + counting.ofJump : kind == .end ? countAtLoop : nil
        }
        let segmentsLeft = program.segments - min(index, program.segments)
        // Behind an event, in its code.
        if registers.segmentsLeft == segmentsLeft + 1, index > 0 { return countAtLastEvent }
        guard registers.segmentsLeft == segmentsLeft, kind != .end else { return nil }
        if offset < places.loop { return countAtLoop }
        if offset >= places.left { return offset == places.left ? expected - counting.ofJump : expected }
        return positionInLoop(remaining: registers.remaining, at: offset, places).map { countAtLoop + $0 }
    }

    /// Counts of this segment's loop.
    private func positionInLoop(
        remaining: UInt64, at offset: UInt32, _ places: cperf_recorded_code
    ) -> UInt64? {
        guard remaining <= iterations else { return nil }
        let completed = iterations - remaining
        guard counting != .oneBranch else { return completed }
        // `remaining` has been counted down already where the closing branch is about to execute.
        let isAtSite = offset == places.site
        guard !isAtSite || completed > 0 else { return nil }
        let closings = isAtSite ? completed - 1 : completed
        let hasBegun = offset > places.first_branch && !isAtSite
        guard counting == .takenBranches else { return completed + closings + (hasBegun ? 1 : 0) }
        // The first branch is taken where the remaining count is odd.
        let firstTaken = (iterations + 1) / 2 - (remaining + 1) / 2
        return firstTaken + closings + (hasBegun ? remaining % 2 : 0)
    }
}

/// The closed form of a segment.
extension CountedBranches {
    /// Counts of a whole segment, up to its event.
    fileprivate func perSegment(iterations: UInt64) -> UInt64 {
        switch self {
        case .oneBranch: iterations
        // The first branch where the remaining count is odd, the closing one but the last time, the jump to the event.
        case .takenBranches: (iterations + 1) / 2 + (iterations - 1) + ofJump
        case .allBranches: 2 * iterations + ofJump
        case .conditional, .unsupported: 2 * iterations
        }
    }

    /// Counts of a jump to an event's code, or from it.
    fileprivate var ofJump: UInt64 { self == .takenBranches || self == .allBranches ? 1 : 0 }

    /// Counts between an event and the next segment: the jump from it, and the branch that closes the program's own loop.
    fileprivate var betweenSegments: UInt64 { self == .oneBranch ? 0 : 1 + ofJump }

    /// Counts between the last segment's event and the end, where that branch is not taken.
    fileprivate var beforeTheEnd: UInt64 {
        switch self {
        case .oneBranch: 0
        case .takenBranches: ofJump
        case .conditional, .allBranches, .unsupported: 1 + ofJump
        }
    }
}
