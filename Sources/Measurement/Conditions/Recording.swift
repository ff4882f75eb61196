import PerfEvents
import Workloads

extension KernelBench {
    /// A recorder's run: a program of about as many counts as the plan's workload would have, so that its PMIs are those
    /// that were planned, in a traced child that is read at each event.
    func runRecording(_ plan: RunPlan, _ condition: Condition) throws(MeasurementError) -> RunRecord {
        if plan.arm.hasBystander {
            throw .unavailable(condition, "a recorder has one counter, and arm \(plan.arm.rawValue) two")
        }
        let segments = RecordedSegments(
            counts: expectedCount(of: plan.workload, iterations: plan.iterations), on: source)
        let program = RecordedProgram(
            seed: condition.level ?? 1, segments: segments.number, shortest: 1, longest: segments.longest,
            kinds: EventKind.available())
        guard let program else {
            let most = RecordedProgram.mostSegments
            throw .unavailable(condition, "a recorded program has at most \(most) segments")
        }
        let before = try ContextSwitches.ofReapedChildren()
        let recording: Recording
        do {
            recording = try Recorder(events, cpu: pinned.cpu).record(
                RecordingPlan(program: program, period: plan.period))
        } catch {
            switch error {
            case .child, .unsupported: throw .unavailable(condition, error.description)
            default: throw error
            }
        }
        let switched = try ContextSwitches.ofReapedChildren().since(before)
        let end = recording.events.last
        var record = RunRecord(plan, event: events.name, expected: end?.expected ?? 0, counted: end?.counted ?? 0)
        record.workload = RecordedProgram.name
        record.iterations = recording.iterations
        record.timeline = Array(recording.events.prefix(RunRecord.timelineLimit))
        record.pmis = recording.result.pmis
        record.timeEnabled = recording.result.timeEnabled
        record.timeRunning = recording.result.timeRunning
        record.strayTraps = recording.result.strayTraps
        record.voluntarySwitches = switched.voluntary
        record.involuntarySwitches = switched.involuntary
        if recording.result.multiplexed == true { record.disturbances.append(.multiplexed) }
        if recording.result.strayTraps != nil { record.disturbances.append(.strayTrap) }
        return record
    }
}
