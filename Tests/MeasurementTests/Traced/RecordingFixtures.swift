import Glibc

@testable import Measurement

/// What the tests record: programs that are as small as their question allows, on breakpoints.
enum RecordingFixtures {
    static let cpu = allowedCPUs().first ?? 0
    static let breakpoint = CountedEvents(.breakpoint)
    static var recorder: Recorder { Recorder(breakpoint, cpu: cpu) }
    static let origin = RecordingOrigin(
        kernel: "1.2.3", processor: "a CPU", architecture: RecordingOrigin.architectureHere)

    static func program(
        seed: UInt64 = 1, segments: UInt64 = 60, longest: UInt64 = 30, kinds: [EventKind] = EventKind.available()
    ) throws -> RecordedProgram {
        guard
            let program = RecordedProgram(seed: seed, segments: segments, shortest: 1, longest: longest, kinds: kinds)
        else { throw Impossible() }
        return program
    }

    static func timeline(_ plan: RecordingPlan, _ recording: Recording, origin: RecordingOrigin = origin) -> Timeline {
        Timeline(TimelineHeader(plan, breakpoint, origin: origin, toolVersion: "9.8.7"), recording)
    }

    static func replay(_ plan: RecordingPlan, _ recording: Recording) throws -> ReplayResult {
        try recorder.replay(timeline(plan, recording), on: origin)
    }

    /// A counted program whose thread stays on its CPU while `body` works with it.
    static func run<Value>(
        _ program: RecordedProgram, _ body: (inout CountedProgram) throws(MeasurementError) -> Value
    ) throws(MeasurementError) -> Value {
        try recorder.onItsCPU { () throws(MeasurementError) in
            var run = try CountedProgram(program, breakpoint, period: nil, cpu: cpu)
            return try body(&run)
        }
    }
}

struct Impossible: Error {}
