// All experiments of a recorder, one after the other, and what they say of the six observations of 2018.

import PerfEvents

/// What to run.
public struct ExperimentsPlan: Sendable, Hashable {
    /// The recording that all of them make. Its planted losses, if any, are in all of them: the demonstration.
    public var recording: RecordingPlan
    /// Recordings and runs without PMIs to compare with each other, 2 or more.
    public var repetitions = 5
    /// Children that take turns, 2 or more.
    public var children = 3
    /// Points to reach in replays.
    public var targets = 100
    /// Counts between two overflows of the recording whose points are to be reached.
    public var injectionPeriod: UInt64
    /// Counts by which an interrupt is programmed short of its target.
    public var skidLimit: UInt64

    public init(recording: RecordingPlan, injectionPeriod: UInt64, skidLimit: UInt64) {
        self.recording = recording
        self.injectionPeriod = injectionPeriod
        self.skidLimit = skidLimit
    }
}

/// A recording in which counts are lost by intent, to prove that a loss would be seen.
public struct RecordingControl: Codable, Sendable, Hashable {
    public var recording: RecordResult
    public var replay: ReplayResult

    /// Whether at least what was planted was found missing, and the replay noticed.
    public var isFound: Bool {
        let planted = Int64(clamping: recording.plantedTotal ?? 0)
        return planted > 0 && recording.check.deficitAtEnd >= planted && replay.diverges
    }
}

/// What all of them saw.
public struct ExperimentsResult: Codable, Sendable, Hashable {
    public enum Outcome: String, Codable, Sendable, Hashable {
        case nothingDiffers = "nothing-differs"
        case differs
        /// It was interrupted, a counter was not on the PMU all the time, or the control's loss was not seen.
        case inconclusive
    }

    public var origin: RecordingOrigin
    public var source: CounterSource
    public var event: String
    public var cpu: Int
    public var program: RecordedProgram
    public var period: UInt64?
    /// Losses planted in every experiment by intent; absent unless this is a demonstration.
    public var planted: PlantedLosses?
    /// True where it was stopped before its end, else absent: what had not been done by then is absent, too.
    public var interrupted: Bool?
    public var record: RecordResult?
    public var replay: ReplayResult?
    public var repetition: RepeatResult?
    public var injection: InjectResult?
    public var slicing: SliceResult?
    /// A timeline from elsewhere, where one was given.
    public var carry: ReplayResult?
    /// Absent where what is counted does not show in the registers (taken branches).
    public var control: RecordingControl?

    public var observations: [Observation] { Observation.all(self) }

    public var outcome: Outcome {
        let isMultiplexed = [
            record?.multiplexed, replay?.multiplexed, repetition?.multiplexed, slicing?.multiplexed, carry?.multiplexed,
        ].contains(true)
        if interrupted == true || isMultiplexed || control?.isFound == false { return .inconclusive }
        let differs =
            record?.check.isExact == false || (record?.atPMIs.losing ?? 0) > 0 || replay?.diverges == true
            || repetition?.recordingsAreEqual == false || repetition?.replaysAreEqual == false
            || injection?.isExact == false || slicing?.isExact == false || carry?.diverges == true
        return differs ? .differs : .nothingDiffers
    }
}

extension Recorder {
    /// Runs all experiments. Where they are interrupted, the result is what was known by then.
    ///
    /// - Parameters:
    ///   - carried: a timeline from another kernel or CPU to replay here; nil for none.
    ///   - progress: told each experiment's name, its number from 1 and how many they are, before it begins.
    public func experiments(
        _ plan: ExperimentsPlan, on origin: RecordingOrigin, carrying carried: Timeline? = nil,
        progress: (_ name: String, _ number: Int, _ all: Int) -> Void = { _, _, _ in }
    ) throws(MeasurementError) -> ExperimentsResult {
        var result = ExperimentsResult(
            origin: origin, source: events.source, event: events.name, cpu: cpu, program: plan.recording.program,
            period: plan.recording.period, planted: plan.recording.planted)
        do {
            try carryOut(plan, on: origin, carrying: carried, into: &result, progress: progress)
        } catch {
            guard error.isInterruption else { throw error }
            result.interrupted = true
        }
        return result
    }

    private func carryOut(
        _ plan: ExperimentsPlan, on origin: RecordingOrigin, carrying carried: Timeline?,
        into result: inout ExperimentsResult, progress: (_ name: String, _ number: Int, _ all: Int) -> Void
    ) throws(MeasurementError) {
        let all = carried == nil ? 5 : 6
        progress("record and replay", 1, all)
        let recording = try record(plan.recording)
        result.record = recording.result
        let header = TimelineHeader(plan.recording, events, origin: origin, toolVersion: "")
        result.replay = try replay(Timeline(header, recording), on: origin)
        progress("record again and again", 2, all)
        result.repetition = try repeatRecording(plan.recording, count: plan.repetitions)
        progress("reach recorded points", 3, all)
        var injected = plan.recording
        injected.period = plan.injectionPeriod
        result.injection = try inject(injected, targets: plan.targets, skidLimit: plan.skidLimit)
        progress("switch between children", 4, all)
        result.slicing = try slice(plan.recording, children: plan.children)
        if let carried {
            progress("replay the carried timeline", 5, all)
            result.carry = try replay(carried, on: origin)
        }
        progress("planted loss", all, all)
        result.control = try control(plan.recording, on: origin)
    }

    private func recordAndReplay(
        _ plan: RecordingPlan, on origin: RecordingOrigin
    ) throws(MeasurementError) -> (RecordResult, ReplayResult) {
        let recording = try record(plan)
        let header = TimelineHeader(plan, events, origin: origin, toolVersion: "")
        return (recording.result, try replay(Timeline(header, recording), on: origin))
    }

    private func control(
        _ plan: RecordingPlan, on origin: RecordingOrigin
    ) throws(MeasurementError) -> RecordingControl {
        var plan = plan
        plan.planted = PlantedLosses(low: 1, high: 7, seed: plan.program.seed)
        let (recorded, replayed) = try recordAndReplay(plan, on: origin)
        return RecordingControl(recording: recorded, replay: replayed)
    }
}
