import PerfEvents
import Workloads

extension KernelBench {
    /// So many further counters of the same event hold counters before the run's own events ask for some.
    func runAmongCompanions(_ plan: RunPlan, _ circumstance: Circumstance) throws(MeasurementError) -> RunRecord {
        let companions = try Companions(
            circumstance.level ?? 1, RunEvents.attributes(events.counted(plan.workload)), circumstance)
        var record = try runHere(plan)
        record.companionsCounting = try companions.stop()
        return record
    }
}

/// Owns pinned counters of the calling thread that are of no use but to be there.
struct Companions: ~Copyable {
    /// An array cannot hold what has one owner.
    private final class Companion {
        let counter: Counter

        init(_ attributes: EventAttributes) throws(PerfError) {
            counter = try Counter(attributes)
            try counter.enable()
        }
    }

    private let all: [Companion]

    init(_ count: UInt64, _ attributes: EventAttributes, _ circumstance: Circumstance) throws(MeasurementError) {
        var all: [Companion] = []
        while UInt64(all.count) < count {
            do throws(PerfError) {
                all.append(try Companion(attributes))
            } catch {
                throw .unavailable(circumstance, "companion \(all.count + 1): \(error)")
            }
        }
        self.all = all
    }

    /// Disables them and says how many were on a counter all the time.
    func stop() throws(MeasurementError) -> UInt64 {
        var counting: UInt64 = 0
        for companion in all {
            do throws(PerfError) {
                try companion.counter.disable()
                if try companion.counter.read().isFullyScheduled { counting += 1 }
            } catch {
                // A pinned event in error has lost its counter, or never had one (perf_event_open(2)).
                guard error.code == .notScheduled else { throw .perf(error) }
            }
        }
        return counting
    }
}
