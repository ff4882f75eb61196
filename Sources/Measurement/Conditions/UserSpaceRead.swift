import PerfEvents

extension KernelBench {
    /// Once the record is complete the counter is enabled again and read in turn by read(2) and by the counter-reading
    /// instruction.
    func runAndReadFromUserSpace(
        _ plan: RunPlan, _ condition: Condition
    ) throws(MeasurementError) -> RunRecord {
        try runHere(
            plan,
            finish: { (opened: borrowing RunEvents, record: inout RunRecord) throws(MeasurementError) in
                let readings = try perf { () throws(PerfError) in try opened.readCounterFromUserSpace() }
                switch readings {
                case .success(let readings): record.userSpaceReadings = readings
                case .failure(let obstacle): throw .unavailable(condition, obstacle.reason)
                }
            })
    }
}

extension RunEvents {
    /// Readings of one run.
    private static var readings: Int { 16 }

    fileprivate func readCounterFromUserSpace() throws(PerfError) -> Result<[UserSpaceReading], CounterPage.Obstacle> {
        let result = try onCounter { counter throws(PerfError) in
            let page = try CounterPage(of: counter)
            try counter.enable()
            let readings = try Self.readings(of: counter, through: page)
            try counter.disable()
            return readings
        }
        return result ?? .failure(.onNoCounter)
    }

    private static func readings(
        of counter: borrowing Counter, through page: borrowing CounterPage
    ) throws(PerfError) -> Result<[UserSpaceReading], CounterPage.Obstacle> {
        var readings: [UserSpaceReading] = []
        while readings.count < Self.readings {
            let before = try counter.read().value
            let read = page.read()
            let after = try counter.read().value
            switch read {
            case .failure(let obstacle): return .failure(obstacle)
            case .success(let read):
                readings.append(UserSpaceReading(before: before, read: read.value, after: after, raw: read.raw))
            }
        }
        return .success(readings)
    }
}

extension CounterPage.Obstacle {
    #if arch(arm64)
        private static let switchOfReading = "kernel.perf_user_access"
    #else
        private static let switchOfReading = "the PMU's file rdpmc in sysfs"
    #endif

    fileprivate var reason: String {
        switch self {
        case .forbidden:
            "the kernel does not let user space read this event (cap_user_rdpmc is 0; see \(Self.switchOfReading))"
        case .onNoCounter: "the event is on no counter (index is 0)"
        case .unknownArchitecture: "truecount reads counters in user space on x86-64 only"
        case .unsteady: "the kernel kept changing the counter's page"
        }
    }
}

/// What the counter-reading instruction said, between two readings of read(2): a counter that goes on counting
/// meanwhile must be between them.
public struct UserSpaceReading: Codable, Sendable, Hashable {
    /// Counts, as read(2) gave them before.
    public var before: UInt64
    /// Counts, as the instruction gave them with the kernel's offset added (perf_event_open(2), `cap_user_rdpmc`).
    public var read: UInt64
    /// Counts, as read(2) gave them afterwards.
    public var after: UInt64
    /// What the instruction itself gave, without the offset. A 0 means disabled (kernel commit 59af95e028d4).
    public var raw: UInt64

    public init(before: UInt64, read: UInt64, after: UInt64, raw: UInt64) {
        self.before = before
        self.read = read
        self.after = after
        self.raw = raw
    }

    public var agrees: Bool { before <= read && read <= after }
}
