import PerfEvents
import Workloads

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
