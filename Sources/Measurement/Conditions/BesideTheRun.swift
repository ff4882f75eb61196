import CPerf
import PerfEvents
import SystemPackage
import Workloads

extension KernelBench {
    /// Another process wants this CPU for the whole run. That the kernel switched between the two is seen in
    /// `involuntarySwitches`.
    func runBesideCompetitor(_ plan: RunPlan, _ condition: Condition) throws(MeasurementError) -> RunRecord {
        let competitor = try Competitor(condition)
        let record = try runHere(plan)
        _ = consume competitor
        return record
    }
}

/// Owns a process that burns the CPU which the calling thread is bound to, until this value ends or the thread does.
struct Competitor: ~Copyable {
    let processID: Int32

    init(_ condition: Condition) throws(MeasurementError) {
        let started = cperf_competitor_start()
        guard started >= 0 else {
            let errno = Errno(rawValue: -started)
            throw .unavailable(condition, "cannot start a second process: \(errno); raise ulimit -u")
        }
        processID = started
    }

    deinit {
        _ = cperf_child_kill(processID)
    }
}

extension KernelBench {
    /// A timer sends this thread a signal, to a handler without a conditional branch, while the window is open.
    func runUnderSignals(_ plan: RunPlan, _ condition: Condition) throws(MeasurementError) -> RunRecord {
        guard !events.countsUnconditionalBranches else {
            throw .unavailable(
                condition, "\(events.name) counts returns, and a signal handler ends with one")
        }
        let repeated = try RepeatedSignal(condition)
        var record = try runHere(
            plan, around: { (window) throws(MeasurementError) in try repeated.send(during: window) })
        record.signals = repeated.delivered
        return record
    }
}

/// Owns a timer that signals the calling thread, and the handler for it. For one thread alone.
struct RepeatedSignal: ~Copyable {
    /// Of a fixed address: the kernel hands it to the handler.
    private let repeated: UnsafeMutablePointer<cperf_repeated_signal>

    /// Nanoseconds between two signals: some for the shortest run, and long against what a handler takes.
    static let interval: UInt64 = 100_000

    init(_ condition: Condition) throws(MeasurementError) {
        let repeated = UnsafeMutablePointer<cperf_repeated_signal>.allocate(capacity: 1)
        repeated.initialize(to: cperf_repeated_signal())
        let created = cperf_repeated_signal_create(repeated)
        guard created == 0 else {
            repeated.deallocate()
            throw .unavailable(condition, "cannot create a timer for this thread: \(Errno(rawValue: -created))")
        }
        self.repeated = repeated
    }

    /// Signals that the handler took.
    var delivered: UInt64 { repeated.pointee.delivered }

    /// Runs the body under signals. All signals must be blocked around it.
    func send(every interval: UInt64 = Self.interval, during body: () -> Void) throws(MeasurementError) {
        let begun = cperf_repeated_signal_begin(repeated, interval)
        guard begun == 0 else { throw .systemCall("starting a timer with timer_settime", Errno(rawValue: -begun)) }
        body()
        cperf_repeated_signal_end(repeated)
    }

    deinit {
        cperf_repeated_signal_destroy(repeated)
        repeated.deallocate()
    }
}

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

extension KernelBench {
    /// So many further counters of the same event hold counters before the run's own events ask for some.
    func runBesideExtraCounters(_ plan: RunPlan, _ condition: Condition) throws(MeasurementError) -> RunRecord {
        let extraCounters = try ExtraCounters(
            condition.level ?? 1, RunEvents.attributes(events.counted(plan.workload)), condition)
        var record = try runHere(plan)
        record.extraCountersCounting = try extraCounters.stop()
        return record
    }
}

/// Owns pinned counters of the calling thread that are of no use but to be there.
struct ExtraCounters: ~Copyable {
    /// An array cannot hold what has one owner.
    private final class ExtraCounter {
        let counter: Counter

        init(_ attributes: EventAttributes) throws(PerfError) {
            counter = try Counter(attributes)
            try counter.enable()
        }
    }

    private let all: [ExtraCounter]

    init(_ count: UInt64, _ attributes: EventAttributes, _ condition: Condition) throws(MeasurementError) {
        var all: [ExtraCounter] = []
        while UInt64(all.count) < count {
            do throws(PerfError) {
                all.append(try ExtraCounter(attributes))
            } catch {
                throw .unavailable(condition, "extraCounter \(all.count + 1): \(error)")
            }
        }
        self.all = all
    }

    /// Disables them and says how many were on a counter all the time.
    func stop() throws(MeasurementError) -> UInt64 {
        var counting: UInt64 = 0
        for extraCounter in all {
            do throws(PerfError) {
                try extraCounter.counter.disable()
                if try extraCounter.counter.read().isFullyScheduled { counting += 1 }
            } catch {
                // A pinned event in error has lost its counter, or never had one (perf_event_open(2)).
                guard error.code == .notScheduled else { throw .perf(error) }
            }
        }
        return counting
    }
}
