import Measurement
import PerfEvents
import Workloads

/// The kernel's bench, and beside it a recorder: runs under the condition `recorder` are made with a traced child, all
/// others on the calling thread.
public struct RecordingBench: Bench, ~Copyable {
    private var bench: KernelBench
    private let events: CountedEvents
    private let cpu: Int

    /// Binds this thread to the CPU until the bench is gone, as ``KernelBench`` does.
    /// - Throws: ``MeasurementError/cannotPin(cpu:_:)`` if the CPU is offline or not allowed.
    public init(_ events: CountedEvents, cpu: Int) throws(MeasurementError) {
        bench = try KernelBench(events, cpu: cpu)
        self.events = events
        self.cpu = cpu
    }

    public var source: CounterSource { bench.source }
    public func eventName(for workload: Workload) -> String { bench.eventName(for: workload) }
    public func expectedCount(of workload: Workload, iterations: UInt64) -> UInt64 {
        bench.expectedCount(of: workload, iterations: iterations)
    }
    public func sampledEventsPerCount(of workload: Workload, arm: Arm) -> UInt64 {
        bench.sampledEventsPerCount(of: workload, arm: arm)
    }

    public mutating func run(_ plan: RunPlan) throws(MeasurementError) -> RunRecord {
        guard let condition = plan.condition, condition.kind == .recorder else { return try bench.run(plan) }
        if let reason = Self.impossibility(plan) { throw .unavailable(condition, reason) }
        // As many counts as the plan's workload would have, so that its PMIs are those that were planned.
        let counts = bench.expectedCount(of: plan.workload, iterations: plan.iterations)
        let segments = RecordedSegments(counts: counts, on: source)
        guard
            let program = RecordedProgram(
                seed: condition.level ?? 1, segments: segments.number, shortest: 1, longest: segments.longest,
                kinds: EventKind.available())
        else { throw .unavailable(condition, "a recorded program has no more than 2^32 segments") }
        let recording = RecordingPlan(program: program, period: plan.period, cpu: cpu)
        let before = try ContextSwitches.ofReapedChildren()
        var record = try record(recording, plan, condition)
        let switched = try ContextSwitches.ofReapedChildren().since(before)
        record.voluntarySwitches = switched.voluntary
        record.involuntarySwitches = switched.involuntary
        return record
    }

    private static func impossibility(_ plan: RunPlan) -> String? {
        if plan.plantedLoss != nil { return "losses are planted in runs without a condition only" }
        return plan.arm.hasBystander ? "a recorder has one counter, and arm \(plan.arm.rawValue) two" : nil
    }

    private func record(
        _ recording: RecordingPlan, _ plan: RunPlan, _ condition: Condition
    ) throws(MeasurementError) -> RunRecord {
        var timeline = RecordedTimeline(recording, events)
        let result: RecordResult
        do throws(RecordingError) {
            result = try Recording.record(recording, events, take: { timeline.take($0) })
        } catch {
            throw MeasurementError(error, condition)
        }
        var record = RunRecord(plan, event: events.name, expected: timeline.expected, counted: timeline.counted)
        record.workload = RecordedProgram.name
        record.iterations = timeline.iterations
        record.timeline = timeline.rows
        record.pmis = result.pmis
        record.timeEnabled = result.timeEnabled
        record.timeRunning = result.timeRunning
        record.strayTraps = result.strayTraps
        if result.multiplexed == true { record.disturbances.append(.multiplexed) }
        if result.strayTraps != nil { record.disturbances.append(.strayTrap) }
        return record
    }
}

extension MeasurementError {
    /// What a diagnosis makes of a recording that could not be made.
    fileprivate init(_ error: RecordingError, _ condition: Condition) {
        switch error {
        case .perf(let error): self = .perf(error)
        case .trace(let error): self = .trace(error)
        case .cannotPin(let cpu, let errno): self = .cannotPin(cpu: cpu, errno)
        case .timeline, .child, .unsupported, .interrupted: self = .unavailable(condition, error.description)
        }
    }
}
