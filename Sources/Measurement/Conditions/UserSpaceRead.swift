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
    fileprivate var reason: String {
        switch self {
        case .forbidden:
            "the kernel lets user space read no such event (cap_user_rdpmc is 0; for a PMU see its file rdpmc in sysfs)"
        case .onNoCounter: "the event is on no counter (index is 0)"
        case .unknownArchitecture: "truecount knows the counter-reading instruction of x86-64 alone"
        case .unsteady: "the kernel changed the counter's page again and again"
        }
    }
}
