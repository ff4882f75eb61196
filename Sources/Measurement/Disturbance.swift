/// What disturbed a run. A disturbance is no fault: the run is labelled, and no finding rests on it.
public struct Disturbance: OpenName {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// The kernel stopped an event that interrupted too often (`PERF_RECORD_THROTTLE`).
    public static let throttled = Disturbance(rawValue: "throttled")
    /// An event was not on a counter all the time it was enabled.
    public static let multiplexed = Disturbance(rawValue: "multiplexed")
    /// A pinned event found no counter, so the kernel read as end of file and nothing was counted (perf_event_open(2)).
    public static let starved = Disturbance(rawValue: "starved")
    /// The ring buffer was full (`PERF_RECORD_LOST`): rows of the ledger are missing.
    public static let recordsLost = Disturbance(rawValue: "records-lost")
    /// A debug exception came that no breakpoint event claimed: the hypervisor showed an old one again.
    public static let strayTrap = Disturbance(rawValue: "stray-trap")
    /// The run did not come to its end.
    public static let interrupted = Disturbance(rawValue: "interrupted")

    /// Those that this version knows.
    public static let allCases: [Disturbance] = [
        .throttled, .multiplexed, .starved, .recordsLost, .strayTrap, .interrupted,
    ]
}
