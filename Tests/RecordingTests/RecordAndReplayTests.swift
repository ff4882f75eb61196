import Measurement
import Testing

@testable import Recording

/// On breakpoints: real ptrace, real signals, real overflow, no PMU.
@Suite("Recording and replaying", .serialized)
struct RecordAndReplayTests {
    @Test("Every count at every event and at every PMI is the closed form's", arguments: 0..<8 as Range<UInt64>)
    func exact(seed: UInt64) throws {
        let plan = Fixtures.plan(try Fixtures.program(seed: seed), period: 31 + 2 * seed)
        let (entries, result) = try Fixtures.recorded(plan)
        var walk = SegmentWalk(plan.program, .loopBranch)
        for count in entries.eventCounts {
            #expect(count == walk.expected)
            walk.pass()
        }
        #expect(walk.kind == nil)
        #expect(result.check.isExact && result.check.events == 61)
        #expect(result.pmis == (entries.eventCounts.last ?? 0) / (31 + 2 * seed) && result.pmis > 0)
        #expect(result.pmis == UInt64(entries.pmis.count))
        #expect(result.atPMIs.located == result.pmis && result.atPMIs.losing == 0)
    }

    @Test("Each kind of event is recorded and replayed alone", arguments: EventKind.available())
    func kinds(kind: EventKind) throws {
        let plan = Fixtures.plan(try Fixtures.program(kinds: [kind]))
        let (entries, result) = try Fixtures.recorded(plan)
        let kinds = entries.compactMap { if case .event(let kind, _) = $0 { kind } else { nil } }
        #expect(kinds == Array(repeating: kind, count: 60) + [.end])
        #expect(result.check.isExact)
        #expect(try !Fixtures.replayed(plan, entries).diverges)
    }

    @Test("A replay takes no PMI and comes to the recorded counts")
    func replays() throws {
        let plan = Fixtures.plan(try Fixtures.program(seed: 3))
        let (entries, recorded) = try Fixtures.recorded(plan)
        let result = try Fixtures.replayed(plan, entries)
        #expect(!result.diverges && result.replay.isExact && result.recording.isExact)
        #expect(result.recordedPMIs == recorded.pmis && recorded.pmis > 0)
        #expect(!result.isCarried)
    }

    @Test("A loss at each PMI makes the recording low and the replay diverge, from the first PMI on and not before")
    func plantedLoss() throws {
        let program = try Fixtures.program(seed: 5, segments: 80)
        let plan = Fixtures.plan(program, period: 53, planting: PlantedLosses(low: 3, high: 3, seed: 1))
        let (entries, recorded) = try Fixtures.recorded(plan)
        let lost = try #require(recorded.plantedTotal)
        #expect(lost > 0 && recorded.check.deficitAtEnd == Int64(lost))
        let result = try Fixtures.replayed(plan, entries)
        #expect(result.diverges && result.replay.isExact && !result.recording.isExact)
        #expect(result.againstRecording.deficitAtEnd == -Int64(lost))
        #expect(!result.differsBeforeFirstPMI)
        // The first difference is at the first event behind the first PMI that lost something.
        let first = try #require(result.againstRecording.first)
        #expect(first.pmisBefore > 0)
        #expect(result.recording.first?.event == first.event)
        #expect(result.recording.first?.deficit == 3)
    }

    @Test("A timeline of another program, seed, architecture or event is refused, each by its name")
    func mismatches() throws {
        let header = Fixtures.header(Fixtures.plan(try Fixtures.program(seed: 4)))
        #expect(throws: TimelineError.otherSeed(file: 4, wanted: 5)) { try header.check(.loopBranch, seed: 5) }
        #expect(throws: TimelineError.otherCounting(file: .loopBranch, wanted: .conditionalBranches)) {
            try header.check(.conditionalBranches)
        }
        var other = header
        other.programName = "nested-segments-2"
        #expect(throws: TimelineError.otherProgram("nested-segments-2")) { try other.check(.loopBranch) }
        other = header
        other.origin.architecture = "vax"
        #expect(throws: TimelineError.otherArchitecture(file: "vax", here: RecordingOrigin.architectureHere)) {
            try other.check(.loopBranch)
        }
        try header.check(.loopBranch, seed: 4)
    }

    @Test("Events that the seed does not lead to are no timeline of it")
    func otherEvents() throws {
        let plan = Fixtures.plan(try Fixtures.program(kinds: [.systemCall]))
        var (entries, _) = try Fixtures.recorded(plan)
        let whole = entries
        entries.removeLast()
        expectOtherEvents(plan, entries, event: 60)
        expectOtherEvents(plan, whole + whole.suffix(1), event: 61)
        expectOtherEvents(plan, [.event(.fault, count: 1)] + whole, event: 0)
    }

    private func expectOtherEvents(_ plan: RecordingPlan, _ entries: [TimelineEntry], event: UInt64) {
        #expect {
            _ = try Fixtures.replayed(plan, entries)
        } throws: { error in
            guard case .timeline(let error)? = error as? RecordingError else { return false }
            return error == .otherEvents(event: event)
        }
    }
}
