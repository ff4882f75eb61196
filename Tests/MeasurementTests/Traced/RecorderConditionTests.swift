import PerfEvents
import Testing
import Workloads

@testable import Measurement

/// Runs of the condition `recorder`, on breakpoints: a traced child, real PMIs, real events.
@Suite("Runs of a recorder", .serialized)
struct RecorderConditionTests {
    private func run(
        _ arm: Arm, condition: Condition? = Condition(.recorder, level: 7), iterations: UInt64 = 1_200,
        plantedLoss: UInt64? = nil
    ) throws -> RunRecord {
        var bench = try KernelBench(RecordingFixtures.breakpoint, cpu: RecordingFixtures.cpu)
        return try bench.run(
            RunPlan(
                probe: "test", workload: try #require(Workload.named("tight-loop")), iterations: iterations, arm: arm,
                period: arm.samples ? 97 : nil, cpu: RecordingFixtures.cpu, plantedLoss: plantedLoss,
                condition: condition))
    }

    @Test("A recording and its replay have the same events, and each count is the closed form's")
    func exact() throws {
        let recording = try run(.samplerTotal)
        let replay = try run(.countingAlone)
        let rows = try #require(recording.timeline)
        // 1,200 counts are 100 segments of 12, and the end.
        #expect(rows.count == 101 && rows.map(\.event) == Array(0...100) && rows.last?.kind == "end")
        #expect(rows.allSatisfy { $0.lossSoFar == 0 })
        let replayed = try #require(replay.timeline)
        #expect(replayed.map(\.counted) == rows.map(\.counted) && replayed.map(\.kind) == rows.map(\.kind))
        let program = try #require(
            RecordedProgram(seed: 7, segments: 100, shortest: 1, longest: 24, kinds: EventKind.available()))
        var walk = SegmentWalk(program, .oneBranch)
        for row in rows {
            #expect(row.expected == walk.expected && row.kind == walk.kind?.rawValue)
            walk.pass()
        }
        for record in [recording, replay] {
            #expect(record.workload == RecordedProgram.name && record.iterations == record.expected)
            #expect(record.deviation == 0 && record.expected == rows.last?.expected && record.disturbances.isEmpty)
            #expect(record.timeEnabled > 0 && record.timeRunning == record.timeEnabled)
        }
    }

    @Test("PMIs are counted up to each event, and a replay has none")
    func pmis() throws {
        let recording = try run(.samplerTotal)
        let rows = try #require(recording.timeline)
        #expect(recording.pmis == recording.counted / 97 && recording.pmis > 5)
        #expect(rows.allSatisfy { $0.pmisBefore == $0.counted / 97 })
        let replay = try run(.countingAlone)
        #expect(replay.pmis == 0 && replay.timeline?.allSatisfy { $0.pmisBefore == 0 } == true)
    }

    @Test("A timeline keeps its first rows, and the totals are those of the end")
    func manyEvents() throws {
        let record = try run(.countingAlone, iterations: 24_000)
        #expect(record.timeline?.count == RunRecord.timelineLimit)
        #expect(record.deviation == 0 && record.counted > record.timeline?.last?.counted ?? .max)
    }

    @Test("Other runs of the bench are of the workload")
    func others() throws {
        let record = try run(.besideSameEvent, condition: nil)
        #expect(record.workload == "tight-loop" && record.timeline == nil && record.counted == 1_200)
    }

    @Test("What a recorder has not is refused with the reason", arguments: [Arm.besideSameEvent, .besideOtherEvent])
    func refused(arm: Arm) throws {
        let error = #expect(throws: MeasurementError.self) { _ = try run(arm) }
        #expect(error?.refusal == "a recorder has one counter, and arm \(arm.rawValue) two")
        let planted = #expect(throws: MeasurementError.self) { _ = try run(.samplerTotal, plantedLoss: 7) }
        #expect(planted?.refusal?.hasPrefix("losses are planted") == true)
    }
}

@Suite("The segments of a recorded program")
struct RecordedSegmentsTests {
    @Test(
        "A hundred events at least, segments of the usual length at most, and about the counts that were asked for",
        arguments: [CounterSource.hardware, .breakpoint, .simulated],
        [0, 1, 150, 2_000, 300_000, 4_100_000] as [UInt64])
    func sized(source: CounterSource, counts: UInt64) {
        let segments = RecordedSegments(counts: counts, on: source)
        #expect(segments.number >= 100 && segments.longest >= 1)
        #expect(segments.longest <= RecordedSegments.longest(on: source))
        guard counts > 1_000 else { return }
        let mean = segments.number * segments.longest / 2 * (source == .breakpoint ? 1 : 2)
        #expect(mean > counts * 9 / 10 && mean < counts * 11 / 10)
    }
}
