/// What a diagnosis is asked to do.
public struct DiagnosisRequest: Sendable, Hashable {
    public var effort: Effort
    /// The CPU under test.
    public var cpu: Int
    /// Counts between two PMIs, instead of the effort's own ladder of periods. Each at least 2.
    public var periods: [UInt64]
    /// How often each run is made, instead of the effort's own number.
    public var rounds: Int?
    /// Decides the order of the runs. The same seed on the same machine gives the same order.
    public var seed: UInt64
    /// `perf_event_max_sample_rate`, in samples a second: a plan stays ten times below it.
    public var sampleRateLimit: UInt64
    /// The ids of the probes to ask; empty asks all. What is left out of ``ProbeDescription/arms`` leaves the verdict
    /// open.
    public var probes: Set<String> = []

    public init(
        effort: Effort = .standard, cpu: Int, periods: [UInt64] = [], rounds: Int? = nil, seed: UInt64 = 1,
        sampleRateLimit: UInt64 = 100_000
    ) {
        self.effort = effort
        self.cpu = cpu
        self.periods = periods
        self.rounds = rounds
        self.seed = seed
        self.sampleRateLimit = sampleRateLimit
    }
}
