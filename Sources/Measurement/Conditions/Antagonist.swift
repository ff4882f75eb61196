import PerfEvents

extension KernelBench {
    /// Another sampler interrupts this CPU about once in a millisecond, whatever runs there.
    func runBesideAntagonist(_ plan: RunPlan, _ condition: Condition) throws(MeasurementError) -> RunRecord {
        var antagonist = try Antagonist(events, cpu: pinned.cpu, condition)
        var record = try runHere(plan)
        record.antagonistPMIs = try antagonist.stop()
        return record
    }
}

/// Owns a sampler of a whole CPU, the kernel included, that is pinned to a counter as the NMI watchdog is.
struct Antagonist: ~Copyable {
    private var sampler: Sampler
    private let condition: Condition

    init(_ events: CountedEvents, cpu: Int, _ condition: Condition) throws(MeasurementError) {
        let (event, period) = events.antagonist
        var attributes = EventAttributes(event: event)
        attributes.excludesKernel = false
        attributes.excludesHypervisor = false
        attributes.isPinned = true
        attributes.samplePeriod = period
        attributes.sampleFields = [.instructionPointer, .time]
        do throws(PerfError) {
            let sampler = try Sampler(attributes, thread: -1, cpu: cpu, ringPages: 64)
            try sampler.enable()
            self.sampler = sampler
        } catch {
            throw .unavailable(condition, "\(error)")
        }
        self.condition = condition
    }

    /// Disables it and says how often it interrupted.
    mutating func stop() throws(MeasurementError) -> UInt64 {
        do throws(PerfError) {
            try sampler.disable()
            // A pinned event without a counter says so here.
            _ = try sampler.read()
            var interrupts: UInt64 = 0
            try sampler.forEachRecord { record in
                switch record {
                case .sample: interrupts += 1
                case .lost(let lost): interrupts += lost.count
                default: break
                }
            }
            return interrupts
        } catch {
            throw .unavailable(condition, "the other sampler: \(error)")
        }
    }
}
