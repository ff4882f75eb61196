import CPerf

/// Context switches so far (getrusage(2)).
struct ContextSwitches {
    var voluntary: UInt64
    var involuntary: UInt64

    static func ofThisThread() -> ContextSwitches { ContextSwitches(cperf_switches_of_thread()) }
    /// Of all children that have been waited for.
    static func ofReapedChildren() -> ContextSwitches { ContextSwitches(cperf_switches_of_children()) }

    private init(_ switches: cperf_switches) {
        self.init(voluntary: switches.voluntary, involuntary: switches.involuntary)
    }

    private init(voluntary: UInt64, involuntary: UInt64) {
        self.voluntary = voluntary
        self.involuntary = involuntary
    }

    func since(_ earlier: ContextSwitches) -> ContextSwitches {
        ContextSwitches(
            voluntary: voluntary - earlier.voluntary, involuntary: involuntary - earlier.involuntary)
    }
}
