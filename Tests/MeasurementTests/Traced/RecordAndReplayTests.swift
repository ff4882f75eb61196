import Testing

@testable import Measurement
@testable import PerfEvents

/// On breakpoints: real ptrace, real signals, real overflow, no PMU.
@Suite("Recording and replaying", .serialized)
struct RecordAndReplayTests {
    @Test("Every count at every event and at every PMI is the closed form's", arguments: 0..<8 as Range<UInt64>)
    func exact(seed: UInt64) throws {
        let plan = RecordingPlan(
            program: try RecordingFixtures.program(seed: seed), period: 31 + 2 * seed)
        let recording = try RecordingFixtures.recorder.record(plan)
        let result = recording.result
        var walk = SegmentWalk(plan.program, .oneBranch)
        for row in recording.events {
            #expect(row.counted == walk.expected && row.expected == walk.expected && row.kind == walk.kind?.rawValue)
            walk.pass()
        }
        #expect(walk.kind == nil)
        #expect(result.check.isExact && result.check.events == 61)
        #expect(recording.iterations == recording.events.last?.counted)
        #expect(result.pmis == (recording.events.last?.counted ?? 0) / (31 + 2 * seed) && result.pmis > 0)
        #expect(result.pmis == UInt64(recording.pmis.count))
        #expect(recording.pmis.map(\.event) == recording.pmis.map(\.event).sorted())
        #expect(result.atPMIs.located == result.pmis && result.atPMIs.losing == 0)
    }

    @Test("Each kind of event is recorded and replayed alone", arguments: EventKind.available())
    func kinds(kind: EventKind) throws {
        let plan = RecordingPlan(program: try RecordingFixtures.program(kinds: [kind]), period: 97)
        let recording = try RecordingFixtures.recorder.record(plan)
        #expect(recording.events.map(\.kind) == Array(repeating: kind.rawValue, count: 60) + ["end"])
        #expect(recording.result.check.isExact)
        #expect(try !RecordingFixtures.replay(plan, recording).diverges)
    }

    @Test("A replay takes no PMI and comes to the recorded counts")
    func replays() throws {
        let plan = RecordingPlan(program: try RecordingFixtures.program(seed: 3), period: 97)
        let recording = try RecordingFixtures.recorder.record(plan)
        let result = try RecordingFixtures.replay(plan, recording)
        #expect(!result.diverges && result.replay.isExact && result.recording.isExact)
        #expect(result.recordedPMIs == recording.result.pmis && recording.result.pmis > 0)
        #expect(!result.isCarried)
    }

    @Test("A loss at each PMI makes the recording low and the replay diverge, from the first PMI on and not before")
    func plantedLoss() throws {
        let program = try RecordingFixtures.program(seed: 5, segments: 80)
        let plan = RecordingPlan(program: program, period: 53, planted: PlantedLosses(low: 3, high: 3, seed: 1))
        let recording = try RecordingFixtures.recorder.record(plan)
        let lost = try #require(recording.result.plantedTotal)
        #expect(lost > 0 && recording.result.check.deficitAtEnd == Int64(lost))
        let result = try RecordingFixtures.replay(plan, recording)
        #expect(result.diverges && result.replay.isExact && !result.recording.isExact)
        #expect(result.againstRecording.deficitAtEnd == -Int64(lost))
        #expect(!result.differsBeforeFirstPMI)
        // The first difference is at the first event behind the first PMI that lost something.
        let first = try #require(result.againstRecording.first)
        #expect(first.pmisBefore > 0)
        #expect(result.recording.first?.event == first.event)
        #expect(result.recording.first?.deficit == 3)
    }

    private func hardware(_ counts: CountedBranches) -> CountedEvents {
        .hardware(
            RCBEvent(
                event: .raw(1), name: "", canonicalName: "", provenance: "", counts: counts, pmuName: "cpu", notes: []))
    }

    @Test("A timeline of another program, architecture or event is refused, each by its name")
    func mismatches() throws {
        let plan = RecordingPlan(program: try RecordingFixtures.program(seed: 4), period: 97)
        let header = TimelineHeader(
            plan, RecordingFixtures.breakpoint, origin: RecordingFixtures.origin, toolVersion: "9.8.7")
        func refusal(_ header: TimelineHeader, _ events: CountedEvents = RecordingFixtures.breakpoint) -> String? {
            do throws(MeasurementError) {
                try header.check(events)
                return nil
            } catch {
                guard case .timeline(let text) = error else { return "another error: \(error)" }
                return text
            }
        }
        #expect(refusal(header) == nil)
        #expect(
            refusal(header, hardware(.conditional))
                == "the timeline counts one branch, and here conditional branches would be counted")
        #expect(refusal(header, hardware(.takenBranches))?.contains("here taken branches") == true)
        var other = header
        other.programName = "nested-segments-2"
        #expect(
            refusal(other)?.contains("of the program nested-segments-2, and this truecount has only seeded") == true)
        other = header
        other.origin.architecture = "vax"
        #expect(refusal(other)?.contains("recorded on vax, and this is \(RecordingOrigin.architectureHere)") == true)
    }

    @Test("Events that the seed does not lead to are no timeline of it")
    func otherEvents() throws {
        let plan = RecordingPlan(program: try RecordingFixtures.program(kinds: [.systemCall]), period: 97)
        let whole = try RecordingFixtures.recorder.record(plan)
        func expectOtherEvents(event: UInt64, _ change: (inout [TimelineRow]) -> Void) {
            var recording = whole
            change(&recording.events)
            #expect {
                _ = try RecordingFixtures.replay(plan, recording)
            } throws: { error in
                guard case .timeline(let text)? = error as? MeasurementError else { return false }
                return text.hasPrefix("event \(event) of the timeline does not follow from its seed")
            }
        }
        expectOtherEvents(event: 60) { $0.removeLast() }
        expectOtherEvents(event: 61) { $0 += $0.suffix(1) }
        expectOtherEvents(event: 0) { $0[0].kind = "fault" }
        expectOtherEvents(event: 7) { $0.remove(at: 7) }
    }
}
