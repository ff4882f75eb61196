import Workloads

/// One run: what was asked, what was known in advance, and all that was measured. Integers, nothing derived.
public struct RunRecord: Codable, Sendable, Hashable {
    /// The probe that asked for this run.
    public var probe: String
    public var workload: String
    public var iterations: UInt64
    public var arm: Arm
    /// Name of the counted event.
    public var event: String
    /// Its `perf_event_attr.config`, as it was opened. Absent where no core PMU counts.
    public var eventConfig: UInt64?
    /// Name of the sampled event, where it is another one (arm C).
    public var sampledEvent: String?
    /// Counts of the sampled event between two overflows. Absent in arm A.
    public var period: UInt64?
    public var cpu: Int
    /// What the closed form says of the counted event.
    public var expected: UInt64
    /// What the counter said.
    public var counted: UInt64
    /// What the closed form says of the sampled event.
    public var samplerExpected: UInt64?
    /// The sampler's own total, beside a bystander (arms B and C; in arm D it is `counted`).
    public var samplerCounted: UInt64?
    /// `PERF_RECORD_SAMPLE` records: PMIs taken.
    public var pmis: UInt64 = 0
    /// `PERF_RECORD_THROTTLE` records.
    public var throttles: UInt64 = 0
    /// Records the ring had no room for: the kernel says how many in the next record that finds room. Where none did,
    /// the samples that the sampler says it lost (Linux 6.0), or before that its overflows behind the last sample.
    public var lostRecords: UInt64 = 0
    /// Nanoseconds the counting event was enabled.
    public var timeEnabled: UInt64 = 0
    /// Nanoseconds it was on a counter.
    public var timeRunning: UInt64 = 0
    /// Nanoseconds of the sampler, as above.
    public var samplerTimeEnabled: UInt64?
    public var samplerTimeRunning: UInt64?
    /// Debug exceptions that no breakpoint event claimed, where there were any.
    public var strayTraps: UInt64?
    public var voluntarySwitches: UInt64 = 0
    public var involuntarySwitches: UInt64 = 0
    /// How often the CPU differed between the start, the PMIs in order and the end, as the kernel's samples say.
    public var migrations: UInt64 = 0
    /// System management interrupts on this CPU during the run (`MSR_SMI_COUNT`), where readable.
    public var smis: UInt64?
    /// Set for the runs of the positive control only.
    public var planted: PlantedLoss?
    /// What else was done in this run; absent in those of the four arms.
    public var condition: Condition?
    /// Readings from user space, in the runs that make them.
    public var userSpaceReadings: [UserSpaceReading]?
    /// Signals delivered between the moment before the window and the one after it, in the runs that send them.
    public var signals: UInt64?
    /// Further pinned counters that were on a counter all the time, in the runs that open some.
    public var extraCountersCounting: UInt64?
    /// Interrupts of the other sampler on this CPU, in the runs that have one; at least so many in runs of more than
    /// some seconds, for which its ring is too small.
    public var antagonistPMIs: UInt64?
    /// How often the events were given other counters while the sampler was throttled, in the runs that do that.
    public var throttledMoves: UInt64?
    public var disturbances: [Disturbance] = []
    /// The events of the recorded program, the first `timelineLimit` of them, in the runs that a recorder makes.
    public var timeline: [TimelineRow]?
    /// The PMIs, summed up, and some of them row by row; nil where none had a reading.
    public var ledger: Ledger?

    /// Rows of the timeline that a record keeps. Further events are compared by the totals alone.
    public static let timelineLimit = 1024

    /// A record of a planned run that nothing else is known of yet.
    public init(_ plan: RunPlan, event: String, expected: UInt64, counted: UInt64) {
        probe = plan.probe
        workload = plan.workload.name
        iterations = plan.iterations
        arm = plan.arm
        period = plan.period
        cpu = plan.cpu
        condition = plan.condition
        self.event = event
        self.expected = expected
        self.counted = counted
    }

    /// The record of a run in which a pinned event found no counter: nothing was counted.
    public static func starved(_ plan: RunPlan, event: String, expected: UInt64) -> RunRecord {
        var record = RunRecord(plan, event: event, expected: expected, counted: 0)
        record.disturbances = [.starved]
        return record
    }

    /// Expected minus counted: a deficit where positive, a surplus where negative.
    public var deviation: Int64 { Int64(bitPattern: expected &- counted) }
    /// The same for the sampler beside a bystander.
    public var samplerDeviation: Int64? {
        guard let samplerExpected, let samplerCounted else { return nil }
        return Int64(bitPattern: samplerExpected &- samplerCounted)
    }
    public var isDisturbed: Bool { !disturbances.isEmpty }
}

/// What is 0 or absent is left out of the JSON. Records of format 1 are read as well: their ledgers are rows, which are
/// summed up here.
extension RunRecord {
    private enum Key: String, CodingKey {
        case probe, workload, iterations, arm, condition, event, eventConfig, sampledEvent, period, cpu, expected,
            counted
        case samplerExpected, samplerCounted, pmis, throttles, lostRecords, timeEnabled, timeRunning
        case samplerTimeEnabled, samplerTimeRunning, strayTraps, voluntarySwitches, involuntarySwitches, migrations
        case smis, planted, signals, extraCountersCounting, antagonistPMIs, throttledMoves, disturbances
        case userSpaceReadings, timeline, ledger
        // Format 1.
        case circumstance, companionsCounting, lost
    }

    /// A row of a ledger in format 1.
    private struct FormerRow: Decodable {
        var index: UInt64
        var time: UInt64
        var offset: Int64?
        var truePosition: UInt64?
        var counted: UInt64
    }

    /// An event of a timeline in format 1.
    private struct FormerEvent: Decodable {
        var event: UInt64
        var kind: String
        var pmisBefore: UInt64
        var expected: UInt64
        var counted: UInt64

        var row: TimelineRow {
            TimelineRow(event: event, kind: kind, pmisBefore: pmisBefore, expected: expected, counted: counted)
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        func optional<Value: Decodable>(_ key: Key, or former: Key? = nil) throws -> Value? {
            try container.decodeIfPresent(Value.self, forKey: key)
                ?? former.flatMap { try container.decodeIfPresent(Value.self, forKey: $0) }
        }
        probe = try container.decode(String.self, forKey: .probe)
        workload = try container.decode(String.self, forKey: .workload)
        iterations = try container.decode(UInt64.self, forKey: .iterations)
        arm = try container.decode(Arm.self, forKey: .arm)
        condition = try optional(.condition, or: .circumstance)
        event = try container.decode(String.self, forKey: .event)
        eventConfig = try optional(.eventConfig)
        sampledEvent = try optional(.sampledEvent)
        period = try optional(.period)
        cpu = try container.decode(Int.self, forKey: .cpu)
        expected = try container.decode(UInt64.self, forKey: .expected)
        counted = try container.decode(UInt64.self, forKey: .counted)
        samplerExpected = try optional(.samplerExpected)
        samplerCounted = try optional(.samplerCounted)
        pmis = try optional(.pmis) ?? 0
        throttles = try optional(.throttles) ?? 0
        lostRecords = try optional(.lostRecords, or: .lost) ?? 0
        timeEnabled = try optional(.timeEnabled) ?? 0
        timeRunning = try optional(.timeRunning) ?? timeEnabled
        samplerTimeEnabled = try optional(.samplerTimeEnabled) ?? (samplerCounted == nil ? nil : timeEnabled)
        samplerTimeRunning = try optional(.samplerTimeRunning) ?? samplerTimeEnabled
        strayTraps = try optional(.strayTraps)
        voluntarySwitches = try optional(.voluntarySwitches) ?? 0
        involuntarySwitches = try optional(.involuntarySwitches) ?? 0
        migrations = try optional(.migrations) ?? 0
        smis = try optional(.smis)
        planted = try optional(.planted)
        signals = try optional(.signals)
        extraCountersCounting = try optional(.extraCountersCounting, or: .companionsCounting)
        antagonistPMIs = try optional(.antagonistPMIs)
        throttledMoves = try optional(.throttledMoves)
        disturbances = try optional(.disturbances) ?? []
        userSpaceReadings = try optional(.userSpaceReadings)
        if let rows = try? container.decode([FormerEvent].self, forKey: .timeline) {
            timeline = rows.map(\.row)
        } else if let columns: TimelineColumns = try optional(.timeline) {
            guard let rows = columns.rows else {
                throw DecodingError.dataCorruptedError(
                    forKey: .timeline, in: container,
                    debugDescription: "the columns of a timeline are not equally long")
            }
            timeline = rows
        }
        if let rows = try? container.decode([FormerRow].self, forKey: .ledger) {
            var builder = LedgerBuilder(period: period)
            for row in rows {
                builder.add(
                    LedgerRow(
                        index: row.index, time: row.time, offset: row.offset, truePosition: row.truePosition,
                        counted: row.counted))
            }
            ledger = rows.isEmpty ? nil : builder.ledger
        } else {
            ledger = try optional(.ledger)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        func unlessZero(_ value: UInt64, _ key: Key) throws {
            if value != 0 { try container.encode(value, forKey: key) }
        }
        try container.encode(probe, forKey: .probe)
        try container.encode(workload, forKey: .workload)
        try container.encode(iterations, forKey: .iterations)
        try container.encode(arm, forKey: .arm)
        try container.encodeIfPresent(condition, forKey: .condition)
        try container.encode(event, forKey: .event)
        try container.encodeIfPresent(eventConfig, forKey: .eventConfig)
        try container.encodeIfPresent(sampledEvent, forKey: .sampledEvent)
        try container.encodeIfPresent(period, forKey: .period)
        try container.encode(cpu, forKey: .cpu)
        try container.encode(expected, forKey: .expected)
        try container.encode(counted, forKey: .counted)
        try container.encodeIfPresent(samplerExpected, forKey: .samplerExpected)
        try container.encodeIfPresent(samplerCounted, forKey: .samplerCounted)
        try unlessZero(pmis, .pmis)
        try unlessZero(throttles, .throttles)
        try unlessZero(lostRecords, .lostRecords)
        try unlessZero(timeEnabled, .timeEnabled)
        if timeRunning != timeEnabled { try container.encode(timeRunning, forKey: .timeRunning) }
        if samplerTimeEnabled != timeEnabled || samplerCounted == nil {
            try container.encodeIfPresent(samplerTimeEnabled, forKey: .samplerTimeEnabled)
        }
        if samplerTimeRunning != samplerTimeEnabled {
            try container.encodeIfPresent(samplerTimeRunning, forKey: .samplerTimeRunning)
        }
        try container.encodeIfPresent(strayTraps, forKey: .strayTraps)
        try unlessZero(voluntarySwitches, .voluntarySwitches)
        try unlessZero(involuntarySwitches, .involuntarySwitches)
        try unlessZero(migrations, .migrations)
        try container.encodeIfPresent(smis, forKey: .smis)
        try container.encodeIfPresent(planted, forKey: .planted)
        try container.encodeIfPresent(signals, forKey: .signals)
        try container.encodeIfPresent(extraCountersCounting, forKey: .extraCountersCounting)
        try container.encodeIfPresent(antagonistPMIs, forKey: .antagonistPMIs)
        try container.encodeIfPresent(throttledMoves, forKey: .throttledMoves)
        if !disturbances.isEmpty { try container.encode(disturbances, forKey: .disturbances) }
        try container.encodeIfPresent(userSpaceReadings, forKey: .userSpaceReadings)
        try container.encodeIfPresent(timeline.map(TimelineColumns.init), forKey: .timeline)
        try container.encodeIfPresent(ledger, forKey: .ledger)
    }
}
