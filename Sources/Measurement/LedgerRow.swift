/// One PMI of a run: where the program was, and what the counter believed.
public struct LedgerRow: Codable, Sendable, Hashable {
    /// Number of this PMI in its run, from 1.
    public var index: UInt64
    /// Nanoseconds of the perf clock (`PERF_SAMPLE_TIME`).
    public var time: UInt64
    /// User instruction pointer, as an offset in bytes from the start of the workload's routine. Absent where the
    /// sample has no user registers: the PMI came before the kernel had saved them.
    public var offset: Int64?
    /// Counts really reached, recovered from the workload's own registers. Absent where the sample's
    /// registers lie outside the routine.
    public var truePosition: UInt64?
    /// The sampler's own value, as the kernel recorded it at the PMI.
    public var counted: UInt64

    public init(index: UInt64, time: UInt64, offset: Int64?, truePosition: UInt64?, counted: UInt64) {
        self.index = index
        self.time = time
        self.offset = offset
        self.truePosition = truePosition
        self.counted = counted
    }

    /// Counts missing up to this PMI; negative for a surplus.
    public var lossSoFar: Int64? {
        truePosition.map { Int64(bitPattern: $0 &- counted) }
    }
}
