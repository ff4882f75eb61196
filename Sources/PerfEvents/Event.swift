/// What a counter counts: the `type` and `config` words of `perf_event_attr` (perf_event_open(2)).
public struct Event: Sendable, Hashable {
    /// `PERF_TYPE_…`, or a PMU's number from sysfs.
    public var type: UInt32
    public var config: UInt64
    /// For breakpoints the address.
    public var config1: UInt64
    /// For breakpoints the length.
    public var config2: UInt64

    public init(type: UInt32, config: UInt64, config1: UInt64 = 0, config2: UInt64 = 0) {
        self.type = type
        self.config = config
        self.config1 = config1
        self.config2 = config2
    }
}
