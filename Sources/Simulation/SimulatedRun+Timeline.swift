import Measurement

// What a recorder would read at the events of a simulated run.
extension SimulatedRun {
    /// A row for each event: segments are about as long as those of a recorded program, and the last event is the end.
    ///
    /// What a counter has lost or gained is seen at the first event behind the PMI at which the ledger has it, and what
    /// no ledger tells, at the end.
    ///
    /// - Parameter counted: what the counter said at the end. A counter runs forward: no event has more.
    func timeline(counted: UInt64) -> [TimelineRow] {
        // Drawn from the program's seed alone: a replay has the events of its recording.
        var segments = RandomDraws(seed: plan.condition?.level ?? 1)
        let longest = 2 * RecordedSegments(counts: branches, on: .simulated).longest
        var rows: [TimelineRow] = []
        var position: UInt64 = 0
        var ahead = ledger.ledger.kept[...]
        var (pmis, deviation): (UInt64, Int64) = (0, 0)
        while rows.count < RunRecord.timelineLimit {
            position = min(branches, position + segments.uniform(1, longest))
            while let pmi = ahead.first, let truth = pmi.truePosition, truth <= position {
                (pmis, deviation) = (pmi.index, Int64(bitPattern: pmi.counted &- countWithoutFault(at: truth)))
                ahead.removeFirst()
            }
            let isEnd = position == branches
            let reading = min(counted, Self.deviated(countWithoutFault(at: position), by: deviation))
            rows.append(
                TimelineRow(
                    event: UInt64(rows.count), kind: isEnd ? "end" : "system-call", pmisBefore: pmis,
                    expected: position, counted: isEnd ? counted : reading))
            if isEnd { break }
        }
        return rows
    }

    /// What the selected event has counted after so many conditional branches.
    private func countWithoutFault(at branch: UInt64) -> UInt64 { scaled(branch, counterTotal, max(1, branches)) }
}
