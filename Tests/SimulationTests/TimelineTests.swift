import Measurement
import Simulation
import Testing
import Workloads

@Suite("A recorder on a simulated PMU")
struct TimelineTests {
    private func run(_ arm: Arm, seed: UInt64 = 7, _ change: (inout SimulatedModel) -> Void = { _ in }) throws
        -> RunRecord
    {
        var model = SimulatedModel()
        change(&model)
        var bench = SimulatedBench(SimulatedPMU(name: "test", model: model))
        var plan = plan(on: bench, .tight, arm, period: 200_003, overflows: 20)
        plan.condition = Condition(.recorder, level: seed)
        return try bench.run(plan)
    }

    @Test("reads the truth at every event of a healthy one, the same events in recording and replay")
    func healthy() throws {
        let (recording, replay) = (try run(.samplerTotal), try run(.countingAlone))
        let rows = try #require(recording.timeline)
        #expect(rows.count > 50 && rows.map(\.event) == (0..<UInt64(rows.count)).map { $0 })
        #expect(rows.allSatisfy { $0.lossSoFar == 0 } && rows.last?.kind == "end")
        #expect(rows.last?.counted == recording.counted && rows.last?.pmisBefore == 20)
        #expect(replay.timeline?.map(\.counted) == rows.map(\.counted) && replay.pmis == 0)
        #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.expected < $1.expected && $0.pmisBefore <= $1.pmisBefore })
    }

    @Test("draws its events from the program's seed alone")
    func seeds() throws {
        let expected = try [7, 7, 8].map { (seed: UInt64) in
            try run(.countingAlone, seed: seed).timeline?.map(\.expected)
        }
        #expect(expected[0] == expected[1] && expected[0] != expected[2])
    }

    @Test("is low by the skid of each PMI before an event where counters freeze, and its replay is not")
    func freeze() throws {
        func model(_ model: inout SimulatedModel) {
            model.freeze = .overflow
            model.skid = .fixed(10)
        }
        let rows = try #require(try run(.samplerTotal, model).timeline)
        #expect(rows.allSatisfy { $0.lossSoFar == 10 * Int64($0.pmisBefore) } && rows.last?.lossSoFar == 200)
        #expect(try run(.countingAlone, model).timeline?.allSatisfy { $0.lossSoFar == 0 } == true)
    }

    @Test("reads of another event what that event counts")
    func otherEvent() throws {
        let record = try run(.countingAlone) { $0.countedPerMille = 500 }
        let rows = try #require(record.timeline)
        #expect(record.counted == record.expected / 2)
        for row in rows {
            let share = UInt128(row.expected) * UInt128(record.counted) / UInt128(record.expected)
            #expect(UInt128(row.counted) == share)
        }
    }

    @Test("leaves the streams of all other runs alone")
    func streams() throws {
        var model = SimulatedModel()
        model.freeze = .overflow
        model.skid = .uniform(low: 0, high: 1_000)
        // Each seventh of all PMIs of the bench: a recording's must not be among them.
        model.lostPMIOneIn = 7
        func totals(recording: Bool) throws -> [UInt64] {
            var bench = SimulatedBench(SimulatedPMU(name: "test", model: model))
            let plan = plan(on: bench, .tight, .samplerTotal, period: 100_003, overflows: 20)
            return try (0..<4).map { _ in
                var recorder = plan
                recorder.condition = Condition(.recorder, level: 1)
                if recording { _ = try bench.run(recorder) }
                return try bench.run(plan).counted
            }
        }
        #expect(try totals(recording: true) == totals(recording: false))
        #expect(Set(try totals(recording: false)).count == 4)
    }
}
