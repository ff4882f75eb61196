import Glibc
import Measurement

@testable import Recording

/// What the tests record: programs that are as small as their question allows, on breakpoints.
enum Fixtures {
    static let cpu = allowedCPUs().first ?? 0
    static let breakpoint = CountedEvents(.breakpoint)
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

    static func plan(
        _ program: RecordedProgram, period: UInt64? = 97, planting planted: PlantedLosses? = nil
    ) -> RecordingPlan {
        RecordingPlan(program: program, period: period, cpu: cpu, planted: planted)
    }

    static func header(_ plan: RecordingPlan) -> TimelineHeader {
        TimelineHeader(plan, breakpoint, origin: origin, toolVersion: "9.8.7")
    }

    /// A recording in memory.
    static func recorded(_ plan: RecordingPlan) throws -> (entries: [TimelineEntry], result: RecordResult) {
        var entries: [TimelineEntry] = []
        let result = try record(plan, breakpoint, take: { entries.append($0) })
        return (entries, result)
    }

    static func replayed(_ plan: RecordingPlan, _ entries: [TimelineEntry]) throws -> ReplayResult {
        var left = entries[...]
        return try replay(header(plan), breakpoint, cpu: cpu, on: origin, next: { left.popFirst() })
    }

    /// A file name of a test's own, in a folder of its own.
    static func scratchPath() -> String {
        var template = Array("/tmp/truecount-test-XXXXXX".utf8CString)
        guard let folder = mkdtemp(&template) else { return "/nonexistent/timeline" }
        return String(cString: folder) + "/program.timeline"
    }

    static func remove(_ path: String) {
        unlink(path)
        rmdir(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex)))
    }
}

struct Impossible: Error {}

extension [TimelineEntry] {
    var eventCounts: [UInt64] {
        compactMap {
            if case .event(_, let count) = $0 { count } else { nil }
        }
    }

    var pmis: [RecordedPMI] {
        compactMap {
            if case .pmi(let pmi) = $0 { pmi } else { nil }
        }
    }
}
