import Measurement
import PerfEvents
import SystemPackage

// What the kernel would answer in a run's stead.
extension MeasurementError {
    /// x86_pmu's limit_period refuses with EINVAL, from perf_event_open and from IOC_PERIOD (rr issue 3848).
    static func periodRefused(_ period: UInt64, minimum: UInt64) -> MeasurementError {
        .perf(
            PerfError(
                code: .periodRefused, operation: .open, subject: SimulatedBench.eventName, errno: .invalidArgument,
                explanation: "this simulated PMU refuses periods below \(minimum), and \(period) was asked for",
                suggestion: "choose a longer one with --period"))
    }

    /// A pinned event without a counter reads as end of file (perf_event_open(2), pinned).
    static func noCounter(_ explanation: String) -> MeasurementError {
        .perf(
            PerfError(
                code: .notScheduled, operation: .read, subject: SimulatedBench.eventName, explanation: explanation,
                suggestion: "choose another model with --pmu"))
    }
}
