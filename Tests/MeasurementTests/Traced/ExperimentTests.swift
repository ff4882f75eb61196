import Testing

@testable import Measurement

/// On breakpoints. Every fault is planted: each loss at a PMI is one that truecount made itself.
@Suite("The experiments of a recorder", .serialized)
struct ExperimentTests {
    private static let losses = PlantedLosses(low: 1, high: 9, seed: 11)

    private static func plan(seed: UInt64 = 21, planting: PlantedLosses? = nil) throws -> RecordingPlan {
        RecordingPlan(
            program: try RecordingFixtures.program(seed: seed, segments: 60), period: 61, planted: planting)
    }

    @Test("Healthy recordings are equal to each other, and so are replays")
    func equalRepetitions() throws {
        let result = try RecordingFixtures.recorder.repeatRecording(try Self.plan(), count: 4)
        #expect(result.recordingsAreEqual && result.replaysAreEqual && result.firstDifference == nil)
        #expect(result.deficits == [0, 0, 0, 0] && result.replayDeficits == [0, 0, 0, 0])
        #expect(result.pmis.allSatisfy { $0 > 0 })
    }

    @Test("Recordings that lose differ from each other from the first PMI on, and replays do not")
    func differingRepetitions() throws {
        let plan = try Self.plan(planting: Self.losses)
        let result = try RecordingFixtures.recorder.repeatRecording(plan, count: 4)
        #expect(result.differingRecordings > 0 && result.replaysAreEqual)
        let first = try #require(result.firstDifference)
        #expect(first.pmisBefore > 0 && !result.differsBeforeFirstPMI)
        #expect(result.deficits.allSatisfy { $0 > 0 } && Set(result.deficits).count > 1)
        #expect(result.replayDeficits == [0, 0, 0, 0])
    }

    @Test(
        "Every point of a healthy recording is reached, and the registers prove it", arguments: [1, 8, 100] as [UInt64])
    func injection(skidLimit: UInt64) throws {
        var plan = try Self.plan(seed: skidLimit)
        plan.period = 7
        let result = try RecordingFixtures.recorder.inject(plan, targets: 60, skidLimit: skidLimit)
        #expect(result.targets == 60 && result.reached == 60 && result.isExact)
        #expect(result.missed + result.overshot + result.elsewhere == 0)
        #expect(result.offered >= 60 && result.replays == 2)
        #expect(result.skid == nil || result.skid == SkidRange(min: 0, max: 0))
        // The limit is what makes the stops, and no segment is 100 long.
        #expect(result.mostStops > 0)
        #expect((result.skid == nil) == (skidLimit == 100))
    }

    @Test("Points of a recording that loses are not reached: the same count is at another place")
    func injectionOfLosses() throws {
        var plan = try Self.plan(planting: PlantedLosses(low: 2, high: 2, seed: 1))
        plan.period = 41
        let result = try RecordingFixtures.recorder.inject(plan, targets: 1000, skidLimit: 8)
        #expect(result.targets == result.offered && result.targets > 10)
        // The first PMI comes before anything is lost.
        #expect(result.reached < result.targets && !result.isExact)
        #expect(result.missed + result.overshot + result.elsewhere == result.targets - result.reached)
    }

    @Test("Children that take turns by PMI keep their counts, whatever the others do", arguments: 2...4)
    func slices(children: Int) throws {
        let result = try RecordingFixtures.recorder.slice(try Self.plan(), children: children)
        #expect(result.isExact && result.deficitAtEnd == 0 && result.plantedTotal == nil)
        #expect(result.children.map(\.check.events) == Array(repeating: 61, count: children))
        #expect(Set(result.children.map(\.seed)).count == children)
        #expect(result.switches == result.children.reduce(0) { $0 + $1.pmis } && result.switches > 0)
    }

    @Test("What is lost at the switches is missing from the children's counts, to the last one")
    func slicesOfLosses() throws {
        let result = try RecordingFixtures.recorder.slice(try Self.plan(planting: Self.losses), children: 3)
        #expect(!result.isExact)
        #expect(try #require(result.plantedTotal) == UInt64(result.deficitAtEnd))
    }

    private static func experiments(planting: PlantedLosses?) throws -> ExperimentsResult {
        var plan = ExperimentsPlan(recording: try plan(planting: planting), injectionPeriod: 19, skidLimit: 8)
        plan.repetitions = 3
        plan.targets = 20
        return try RecordingFixtures.recorder.experiments(plan, on: RecordingFixtures.origin)
    }

    @Test("On a healthy kernel none of the six observations of 2018 is seen, and the planted loss is")
    func healthy() throws {
        let result = try Self.experiments(planting: nil)
        #expect(result.outcome == .nothingDiffers)
        #expect(result.observations.map(\.seen) == [false, false, false, false, false, false])
        #expect(try #require(result.control).isFound)
        #expect((result.record?.pmis ?? 0) > 0)
    }

    @Test("Where PMIs lose counts the observations are seen; that they are lost behind the PMI is told from the sixth")
    func planted() throws {
        let result = try Self.experiments(planting: Self.losses)
        #expect(result.outcome == .differs)
        #expect(result.observations.map(\.seen) == [true, true, true, true, true, false])
        #expect(Set(result.observations.map(\.id)).count == 6)
        #expect(result.record?.check.deficitAtEnd == result.record?.plantedTotal.map(Int64.init))
    }

    @Test("A loss between overflow and interrupt is told from one behind it, by the registers at the PMI")
    func lossBeforeInterrupt() {
        // What the lab shows of a CPU that freezes at the overflow with a skid of 10 (README.md), and of a healthy one.
        var frozen = PMICheck()
        var healthy = PMICheck()
        for index in 1...9 as ClosedRange<UInt64> {
            frozen.add(counted: index * 100, truePosition: index * 110, overflow: index * 100)
            healthy.add(counted: index * 100 + 10, truePosition: index * 100 + 10, overflow: index * 100)
        }
        #expect(frozen.located == 9 && frozen.losing == 9)
        #expect(frozen.apparentSkid == SkidRange(min: 0, max: 0) && frozen.skid == SkidRange(min: 10, max: 10))
        #expect(healthy.located == 9 && healthy.losing == 0)
        #expect(healthy.apparentSkid == healthy.skid && healthy.skid == SkidRange(min: 10, max: 10))
    }

    @Test("A PMI that signals only behind the event at which its loss shows counts as one before it")
    func lateSignal() {
        #expect(CountedProgram.pmis(signalled: 0, count: 99, period: 100) == 0)
        #expect(CountedProgram.pmis(signalled: 0, count: 100, period: 100) == 1)
        #expect(CountedProgram.pmis(signalled: 1, count: 199, period: 100) == 1)
        // No more than one can be on its way, whatever a counter says.
        #expect(CountedProgram.pmis(signalled: 1, count: .max, period: 100) == 2)
        #expect(CountedProgram.pmis(signalled: 0, count: .max, period: nil) == 0)
        var check = CountCheck()
        check.compare(TimelineRow(event: 0, kind: "fault", pmisBefore: 2, expected: 5, counted: 5))
        let row = check.compare(TimelineRow(event: 1, kind: "fault", pmisBefore: 1, expected: 8, counted: 9))
        #expect(row.pmisBefore == 2)
        #expect(check.first?.pmisBefore == 2 && check.first?.pmisSinceLastEvent == 0)
        #expect(check.deficitAtEnd == -1 && !check.isExact)
    }

    @Test("A planted loss that was not missed is no control")
    func failedControl() throws {
        var result = try Self.experiments(planting: nil)
        result.control?.recording.check.deficitAtEnd = 0
        #expect(result.control?.isFound == false)
        #expect(result.outcome == .inconclusive)
    }

    @Test("A timeline from elsewhere is replayed, and both places are named")
    func carry() throws {
        let plan = try Self.plan(planting: Self.losses)
        let elsewhere = RecordingOrigin(
            kernel: "5.10.0-freezing", processor: "another CPU", architecture: RecordingOrigin.architectureHere)
        let recording = try RecordingFixtures.recorder.record(plan)
        let timeline = RecordingFixtures.timeline(plan, recording, origin: elsewhere)
        #expect(timeline.events.count == 61 && UInt64(timeline.pmis.count) == recording.result.pmis)
        #expect(timeline.header.planted == Self.losses)
        let result = try RecordingFixtures.recorder.replay(timeline, on: RecordingFixtures.origin)
        #expect(result.isCarried && result.recordedOn == elsewhere && result.replayedOn == RecordingFixtures.origin)
        #expect(result.diverges && result.replay.isExact && !result.recording.isExact)
        var plans = ExperimentsPlan(recording: try Self.plan(), injectionPeriod: 19, skidLimit: 8)
        plans.repetitions = 2
        plans.targets = 5
        let all = try RecordingFixtures.recorder.experiments(
            plans, on: RecordingFixtures.origin, carrying: timeline)
        #expect(all.carry?.recordedOn == elsewhere && all.outcome == .differs)
        let wrong = all.observations.first { $0.id == "recording-is-wrong" }
        #expect(wrong?.seen == true && wrong?.answer.contains("Linux 5.10.0-freezing is wrong") == true)
    }

    @Test("Experiments that are interrupted tell what was known by then, and say of the rest that it was not tried")
    func interruptedExperiments() throws {
        var stops = 0
        let recorder = Recorder(RecordingFixtures.breakpoint, cpu: RecordingFixtures.cpu) { stops > 300 }
        let recordings = Recorder(RecordingFixtures.breakpoint, cpu: RecordingFixtures.cpu) {
            stops += 1
            return false
        }
        var plan = ExperimentsPlan(recording: try Self.plan(), injectionPeriod: 19, skidLimit: 8)
        plan.repetitions = 2
        let whole = try recordings.experiments(plan, on: RecordingFixtures.origin)
        #expect(stops > 300 && whole.interrupted == nil)
        let none = try recorder.experiments(plan, on: RecordingFixtures.origin)
        #expect(none.interrupted == true && none.outcome == .inconclusive && none.record == nil)
        #expect(none.observations.map(\.seen) == [nil, nil, nil, nil, nil, nil])
        stops = 0
        let part = try recorder.experiments(plan, on: RecordingFixtures.origin) { _, number, _ in
            if number == 3 { stops = 301 }
        }
        #expect(part.record != nil && part.repetition != nil && part.injection == nil && part.control == nil)
        #expect(part.outcome == .inconclusive && part.observations.allSatisfy { $0.seen == false })
    }

    @Test("What is interrupted is no recording")
    func interrupted() throws {
        var asked = 0
        let recorder = Recorder(RecordingFixtures.breakpoint, cpu: RecordingFixtures.cpu) {
            asked += 1
            return asked == 10
        }
        #expect {
            _ = try recorder.record(try Self.plan())
        } throws: { error in
            if case .interrupted? = error as? MeasurementError { true } else { false }
        }
        #expect(asked == 10)
    }
}
