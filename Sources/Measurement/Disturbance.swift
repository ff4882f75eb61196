/// What disturbed a run. A disturbance is no fault: the run is labelled, and no finding rests on it.
public enum Disturbance: String, Codable, Sendable, Hashable, CaseIterable {
    /// The kernel stopped an event that interrupted too often (`PERF_RECORD_THROTTLE`).
    case throttled
    /// An event was not on a counter all the time it was enabled.
    case multiplexed
    /// A pinned event found no counter, so the kernel read as end of file and nothing was counted (perf_event_open(2)).
    case starved
    /// The ring buffer was full (`PERF_RECORD_LOST`): rows of the ledger are missing.
    case recordsLost = "records-lost"
    /// A debug exception came that no breakpoint event claimed: the hypervisor showed an old one again.
    case strayTrap = "stray-trap"
    /// The run did not come to its end.
    case interrupted
}
