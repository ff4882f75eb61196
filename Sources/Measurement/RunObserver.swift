import CPerf
import PerfEvents
import Workloads

/// What is looked at before and after a run, and makes the record of it.
struct RunObserver {
    let cpu: Int
    private let systemManagementInterrupts: UInt64?
    private let strayTraps: UInt64

    init(cpu: Int) {
        self.cpu = cpu
        strayTraps = cperf_stray_traps()
        systemManagementInterrupts = Self.systemManagementInterrupts(on: cpu)
    }

    /// MSR_SMI_COUNT (0x34): since reset, on Intel; nil where it cannot be read.
    private static func systemManagementInterrupts(on cpu: Int) -> UInt64? {
        guard let registers = try? ModelSpecificRegisters(cpu: cpu) else { return nil }
        return try? registers.read(.smiCount)
    }

    func record(
        _ plan: RunPlan, _ events: CountedEvents, _ opened: inout RunEvents, switched: ContextSwitches,
        planted: PlantedLoss? = nil, strayTrapsOfChild: UInt64 = 0, endedOn lastCPU: Int? = nil
    ) throws(MeasurementError) -> RunRecord {
        let strayTraps = cperf_stray_traps() - strayTraps + strayTrapsOfChild
        let counter = try perf { () throws(PerfError) in try opened.readCounter() }
        let sampler = try perf { () throws(PerfError) in try opened.readSampler() }
        var samples = SampleCollector(plan, events)
        let ringWasFull = opened.ringIsFull
        var lastSample: UInt64 = 0
        try perf { () throws(PerfError) in
            try opened.forEachRecord { record in
                if case .sample(let sample) = record, let read = sample.read { lastSample = read.value }
                samples.add(record)
            }
        }
        guard let counted = plan.arm == .samplerTotal ? sampler : counter else {
            throw .implausible("arm \(plan.arm.rawValue) of \(plan.workload.name) opened no counter")
        }
        let expected = events.expected(plan.workload, iterations: plan.iterations)
        let samplesOther = plan.arm == .besideOtherEvent
        let besideBystander = plan.arm.hasBystander ? sampler : nil
        let readings = [counted] + (besideBystander.map { [$0] } ?? [])
        // The window's system calls succeeded, so time has passed; a reading without any is not the kernel's.
        guard readings.allSatisfy({ $0.timeEnabled > 0 }) else {
            throw .implausible("the kernel says that a counter it enabled was enabled for 0 ns")
        }
        var record = RunRecord(plan, event: events.name, expected: expected, counted: counted.value)
        record.eventConfig = events.config
        record.timeEnabled = counted.timeEnabled
        record.timeRunning = counted.timeRunning
        if samplesOther { record.sampledEvent = events.otherName }
        if let besideBystander {
            record.samplerExpected =
                samplesOther
                ? events.expectedOther(plan.workload, iterations: plan.iterations)
                : events.expectedBesideCounter(plan.workload, iterations: plan.iterations, inItsGroup: opened.isGroup)
            record.samplerCounted = besideBystander.value
            record.samplerTimeEnabled = besideBystander.timeEnabled
            record.samplerTimeRunning = besideBystander.timeRunning
        }
        record.pmis = samples.pmis
        record.throttles = samples.throttles
        record.lostRecords = max(
            samples.lostRecords,
            ringWasFull ? Self.overflows(of: sampler, behind: lastSample, period: plan.period) : 0)
        if plan.condition?.kind == .throttling { record.throttledMoves = samples.throttledMoves }
        record.ledger = samples.ledger
        record.voluntarySwitches = switched.voluntary
        record.involuntarySwitches = switched.involuntary
        record.migrations = migrations(samples.cpus, endedOn: lastCPU ?? Self.currentCPU())
        record.smis = systemManagementInterrupts.flatMap { before in
            Self.systemManagementInterrupts(on: cpu).map { $0 &- before }
        }
        record.planted = planted
        if strayTraps > 0 { record.strayTraps = strayTraps }
        record.disturbances =
            disturbances(plan, readings, throttles: record.throttles, lost: record.lostRecords)
            + (strayTraps > 0 ? [.strayTrap] : [])
        // Since Linux 6.16 the leader alone is told of the throttling, and a counter has no ring (9734e25fbf5a).
        let isLow = counted.value < expected || besideBystander.map { $0.value < expected } ?? false
        if opened.isGroup, isLow, record.throttles == 0 {
            record.disturbances.append(.throttled)
        }
        return record
    }

    /// Overflows behind the last sample that the ring had room for: the kernel says what it dropped in the next record
    /// that finds room, and behind a full ring there is none.
    ///
    /// - Parameter sampler: its reading at the end. Where it has the number of lost samples (Linux 6.0), that is it.
    static func overflows(of sampler: Reading?, behind lastSample: UInt64, period: UInt64?) -> UInt64 {
        guard let sampler, let period, period > 0 else { return 0 }
        if let lost = sampler.lost { return lost }
        let (all, seen) = (sampler.value / period, lastSample / period)
        return all > seen ? all - seen : 0
    }

    /// The thread was bound to the CPU, so any other one was chosen by somebody else meanwhile, or by a run that moves.
    private func migrations(_ cpus: [Int], endedOn last: Int?) -> UInt64 {
        var places = [cpu] + cpus
        if let last { places.append(last) }
        return UInt64(zip(places, places.dropFirst()).count { $0 != $1 })
    }

    private static func currentCPU() -> Int? {
        let cpu = cperf_current_cpu()
        return cpu < 0 ? nil : Int(cpu)
    }

    /// A run that is throttled on purpose is not disturbed by that. It is also taken off its counters again and again, which
    /// costs some nanoseconds each time, all of them spent in the kernel: its events are pinned, and never take turns.
    private func disturbances(
        _ plan: RunPlan, _ readings: [Reading], throttles: UInt64, lost: UInt64
    ) -> [Disturbance] {
        var found: [Disturbance] = []
        let isOnPurpose = plan.condition?.kind == .throttling
        if throttles > 0, !isOnPurpose { found.append(.throttled) }
        if !isOnPurpose, !readings.allSatisfy(\.isFullyScheduled) { found.append(.multiplexed) }
        if lost > 0 { found.append(.recordsLost) }
        return found
    }
}
