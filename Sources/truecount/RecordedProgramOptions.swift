import ArgumentParser
import Glibc
import Measurement
import Recording

/// `--events`, `--seed` and `--period`: what is recorded.
struct RecordedProgramOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Events of the program, at least 1, without its end.", valueName: "number"))
    var events: UInt64?

    @Option(help: ArgumentHelp("Draw the program from this number, to record it again.", valueName: "number"))
    var seed: UInt64?

    @Option(help: ArgumentHelp("Branches between two interrupts, at least 2.", valueName: "branches"))
    var period: UInt64?

    func validate() throws {
        if let events, !(1...RecordedProgram.mostSegments).contains(events) {
            throw ValidationError("--events \(events) is not between 1 and \(RecordedProgram.mostSegments)")
        }
        // perf_event_open(2) refuses periods with the highest bit (kernel commit 0819b2e30ccb).
        if let period, !(2..<(1 << 63)).contains(period) {
            throw ValidationError("--period \(period) is not between 2 and \(UInt64(1) << 63 - 1)")
        }
    }

    /// Lengths and periods: rr's own on a PMU (kernel-and-rr.md 2.1), a few hundred thousand branches apart; on a
    /// breakpoint, of which each count takes 20 microseconds, a thousandth of that.
    func plan(for source: RecordingSource, events defaultEvents: UInt64) throws(Failure) -> RecordingPlan {
        let isBreakpoint = source.events.source == .breakpoint
        let program = RecordedProgram(
            seed: seed ?? Self.freshSeed(), segments: events ?? defaultEvents, shortest: 1,
            longest: isBreakpoint ? 40 : 40_000, kinds: EventKind.available())
        guard let program else { throw .software("a program that cannot be") }
        return RecordingPlan(
            program: program, period: period ?? (isBreakpoint ? 97 : 200_003), cpu: source.cpu)
    }

    /// A number that is short enough to type. It only has to differ from one recording to the next.
    private static func freshSeed() -> UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return UInt64(UInt32(truncatingIfNeeded: now.tv_nsec ^ (now.tv_sec << 30)))
    }
}
