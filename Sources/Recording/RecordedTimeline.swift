import Measurement

/// A recording's entries, as the rows of a run's timeline.
struct RecordedTimeline {
    private(set) var rows: [TimelineRow] = []
    private(set) var expected: UInt64 = 0
    private(set) var counted: UInt64 = 0
    /// Of all segments together.
    private(set) var iterations: UInt64 = 0
    private var walk: SegmentWalk
    private var signalled: UInt64 = 0
    private let period: UInt64?

    init(_ plan: RecordingPlan, _ events: CountedEvents) {
        walk = SegmentWalk(plan.program, BranchCounting(events))
        period = plan.period
    }

    mutating func take(_ entry: TimelineEntry) {
        guard case .event(let kind, let count) = entry else {
            signalled += 1
            return
        }
        expected = walk.expected
        counted = count
        iterations += walk.iterations
        if rows.count < RunRecord.timelineLimit {
            let pmis = max(
                CountCheck.pmis(signalled: signalled, count: count, period: period), rows.last?.pmisBefore ?? 0)
            rows.append(
                TimelineRow(event: walk.index, kind: kind.name, pmisBefore: pmis, expected: expected, counted: count))
        }
        walk.pass()
    }
}
