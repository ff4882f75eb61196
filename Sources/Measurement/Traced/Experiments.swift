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
        /// A counter was not on the PMU all the time, or the control's loss was not seen.
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
    public var record: RecordResult
    public var replay: ReplayResult
    public var repetition: RepeatResult
    public var injection: InjectResult
    public var slicing: SliceResult
    /// A timeline from elsewhere, where one was given.
    public var carry: ReplayResult?
    /// Absent where what is counted does not show in the registers (taken branches).
    public var control: RecordingControl?

    public var observations: [Observation] { Observation.all(self) }

    public var outcome: Outcome {
        let isMultiplexed = [
            record.multiplexed, replay.multiplexed, repetition.multiplexed, slicing.multiplexed, carry?.multiplexed,
        ].contains(true)
        if isMultiplexed || control?.isFound == false { return .inconclusive }
        let isClean =
            record.check.isExact && record.atPMIs.losing == 0 && !replay.diverges && repetition.recordingsAreEqual
            && repetition.replaysAreEqual && injection.isExact && slicing.isExact && carry?.diverges != true
        return isClean ? .nothingDiffers : .differs
    }
}

extension Recorder {
    /// Runs all experiments.
    ///
    /// - Parameters:
    ///   - carried: a timeline from another kernel or CPU to replay here; nil for none.
    ///   - progress: told each experiment's name before it begins.
    public func experiments(
        _ plan: ExperimentsPlan, on origin: RecordingOrigin, carrying carried: Timeline? = nil,
        progress: (String) -> Void = { _ in }
    ) throws(MeasurementError) -> ExperimentsResult {
        progress("record and replay")
        let (recorded, replayed) = try recordAndReplay(plan.recording, on: origin)
        progress("repeat")
        let repetition = try repeatRecording(plan.recording, count: plan.repetitions)
        progress("inject")
        var injected = plan.recording
        injected.period = plan.injectionPeriod
        let injection = try inject(injected, targets: plan.targets, skidLimit: plan.skidLimit)
        progress("slice")
        let slicing = try slice(plan.recording, children: plan.children)
        var carry: ReplayResult?
        if let carried {
            progress("carry")
            carry = try replay(carried, on: origin)
        }
        progress("control")
        let control = try control(plan.recording, on: origin)
        return ExperimentsResult(
            origin: origin, source: events.source, event: events.name, cpu: cpu, program: plan.recording.program,
            period: plan.recording.period, planted: plan.recording.planted, record: recorded, replay: replayed,
            repetition: repetition, injection: injection, slicing: slicing, carry: carry, control: control)
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
    ) throws(MeasurementError) -> RecordingControl? {
        guard events.counts != .takenBranches else { return nil }
        var plan = plan
        plan.planted = PlantedLosses(low: 1, high: 7, seed: plan.program.seed)
        let (recorded, replayed) = try recordAndReplay(plan, on: origin)
        return RecordingControl(recording: recorded, replay: replayed)
    }
}
