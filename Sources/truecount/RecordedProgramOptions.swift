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

    /// Lengths and periods as a recorder's are (``RecordedSegments``).
    func plan(for source: RecordingSource, events defaultEvents: UInt64) throws(Failure) -> RecordingPlan {
        let program = RecordedProgram(
            seed: seed ?? Self.freshSeed(), segments: events ?? defaultEvents, on: source.events.source)
        guard let program else { throw .software("a program that cannot be") }
        return RecordingPlan(
            program: program, period: period ?? RecordedSegments.period(on: source.events.source), cpu: source.cpu)
    }

    /// A number that is short enough to type. It only has to differ from one recording to the next.
    private static func freshSeed() -> UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return UInt64(UInt32(truncatingIfNeeded: now.tv_nsec ^ (now.tv_sec << 30)))
    }
}
