import CPerf
import PerfEvents
import Workloads

/// The counter and the sampler of one run. In one group only where that is the question: since Linux 6.16 a throttled member
/// stops its whole group (9734e25fbf5a), so each leads its own.
struct RunEvents: ~Copyable {
    private var counter: Counter?
    private var sampler: Sampler?
    /// Whether the sampler is a member of the counter's group.
    let isGroup: Bool
    /// Of the longest sample that the sampler writes.
    private let bytesPerSample: UInt64

    /// - Parameter thread: 0 is the calling thread.
    init(
        _ plan: RunPlan, _ events: CountedEvents, thread: Int32, changes: EventChanges = EventChanges()
    ) throws(PerfError) {
        bytesPerSample = 128 + changes.bytesOfBranchStack
        var counter: Counter?
        var sampler: Sampler?
        var isGroup = false
        if plan.arm != .samplerTotal {
            var attributes = Self.attributes(events.counted(plan.workload))
            changes.apply(toCounter: &attributes)
            counter = try Counter(attributes, thread: thread)
        }
        if plan.arm.samples, let period = plan.period {
            let samplesOther = plan.arm == .besideOtherEvent
            var attributes = Self.attributes(samplesOther ? events.other(plan.workload) : events.counted(plan.workload))
            attributes.samplePeriod = period
            attributes.sampleFields = [.instructionPointer, .threadID, .time, .cpu, .read, .userRegisters]
            attributes.userRegisters = UserRegisters.sampleMask
            attributes.readFormat.formUnion(.lostIfKnown)
            changes.apply(toSampler: &attributes)
            let ringPages = Self.ringPages(for: plan, events, bytesPerSample: bytesPerSample)
            switch counter {
            case .some(let leader) where changes.joinsGroups:
                attributes.isPinned = false
                sampler = try Sampler(attributes, inGroupOf: leader, thread: thread, ringPages: ringPages)
                isGroup = true
            default: sampler = try Sampler(attributes, thread: thread, ringPages: ringPages)
            }
        }
        self.isGroup = isGroup
        self.counter = counter
        self.sampler = sampler
    }

    /// Attributes of a counter of that event, as every run opens it.
    static func attributes(_ event: Event) -> EventAttributes {
        var attributes = EventAttributes(event: event)
        // A pinned event that finds no counter says so with an empty read instead of being multiplexed in silence.
        attributes.isPinned = !event.isBreakpoint
        return attributes
    }

    /// Room for every sample that the run can take, twice over, within what a plain user may lock (perf_event_mlock_kb,
    /// 516 KiB).
    private static func ringPages(for plan: RunPlan, _ events: CountedEvents, bytesPerSample: UInt64) -> Int {
        let expected = events.expected(plan.workload, iterations: plan.iterations)
        let sampled =
            plan.arm == .besideOtherEvent
            ? events.expectedOther(plan.workload, iterations: plan.iterations)
                ?? plan.workload.figures(iterations: plan.iterations).instructions
            : expected
        let samples = min(4096, sampled / max(1, plan.period ?? 1))
        let pages = (samples * bytesPerSample * 2) / 4096 + 1
        var power = 1
        while power < pages, power < 128 { power *= 2 }
        return power
    }

    /// Puts the events into a window: the counter, with the sampler around it, or the one that is alone.
    /// - Throws: ``MeasurementError/implausible(_:)`` where the plan opened none: arm D without a period.
    func fill(_ window: UnsafeMutablePointer<cperf_window>) throws(MeasurementError) {
        switch (counterDescriptor, samplerDescriptor) {
        case (let counter?, let sampler): window.pointee.prepare(counter: counter, sampler: sampler)
        case (nil, let sampler?): window.pointee.prepare(counter: sampler)
        case (nil, nil):
            throw .implausible("a run without a counter has no period either: there is nothing to count with")
        }
    }

    private var counterDescriptor: Int32? {
        switch counter {
        case .some(let counter): counter.descriptor
        case .none: nil
        }
    }

    private var samplerDescriptor: Int32? {
        switch sampler {
        case .some(let sampler): sampler.descriptor
        case .none: nil
        }
    }

    func enableAll() throws(PerfError) {
        try onSampler { sampler throws(PerfError) in try sampler.enable() }
        try onCounter { counter throws(PerfError) in try counter.enable() }
    }

    func disableAll() throws(PerfError) {
        try onCounter { counter throws(PerfError) in try counter.disable() }
        try onSampler { sampler throws(PerfError) in try sampler.disable() }
    }

    func deliverOverflow(signal: Int32, toThread thread: Int32) throws(PerfError) {
        try onSampler { sampler throws(PerfError) in
            try sampler.counter.deliverOverflow(signal: signal, toThread: thread)
        }
    }

    /// Nil where there is no such event.
    func readCounter() throws(PerfError) -> Reading? {
        try onCounter { counter throws(PerfError) in try counter.read() }
    }

    func readSampler() throws(PerfError) -> Reading? {
        try onSampler { sampler throws(PerfError) in try sampler.read() }
    }

    @discardableResult
    func onCounter<Value: ~Copyable>(
        _ body: (borrowing Counter) throws(PerfError) -> Value
    ) throws(PerfError) -> Value? {
        switch counter {
        case .some(let counter): try body(counter)
        case .none: nil
        }
    }

    @discardableResult
    func onSampler<Value: ~Copyable>(
        _ body: (borrowing Sampler) throws(PerfError) -> Value
    ) throws(PerfError) -> Value? {
        switch sampler {
        case .some(let sampler): try body(sampler)
        case .none: nil
        }
    }

    /// Whether the ring has no room for another sample: then some may have been dropped without a record of it.
    var ringIsFull: Bool {
        switch sampler {
        case .some(let sampler): sampler.freeBytes <= bytesPerSample
        case .none: false
        }
    }

    mutating func forEachRecord(_ body: (Record) -> Void) throws(PerfError) {
        try sampler?.forEachRecord(body)
    }
}
