import CPerf
import Glibc
import SystemPackage

/// An event that interrupts, and the ring buffer that the kernel writes its records to.
///
/// ```swift
/// var sampler = try Sampler(attributes, ringPages: 64)
/// try sampler.counter.enable()
/// work()
/// try sampler.counter.disable()
/// try sampler.forEachRecord { record in
///     if case .sample(let sample) = record { print(sample.ip ?? 0) }
/// }
/// ```
public struct Sampler: ~Copyable {
    /// The event. The ring outlives none of it: both end with this value.
    public let counter: Counter
    private let mapping: RingMapping
    @usableFromInline var ring: RingBuffer

    /// Opens an event with a ring buffer.
    ///
    /// - Parameters:
    ///   - attributes: With a period, or with records of context switches or tasks; otherwise nothing is ever written.
    ///   - thread: As in ``Counter/init(_:thread:cpu:)``.
    ///   - cpu: As there.
    ///   - ringPages: Pages of records, a power of two. One more is mapped for the head and tail.
    /// - Throws: ``PerfError``; code `memoryLocked` where the ring is larger than the user may lock in memory.
    public init(
        _ attributes: EventAttributes, thread: Int32 = 0, cpu: Int? = nil, ringPages: Int = 16
    ) throws(PerfError) {
        try self.init(attributes, thread: thread, cpu: cpu, ringPages: ringPages, calls: .kernel)
    }

    /// The same in the group of another event. It counts only while that one does.
    ///
    /// Since Linux 6.16 the kernel stops the whole group where it throttles this one (9734e25fbf5a).
    public init(
        _ attributes: EventAttributes, inGroupOf leader: borrowing Counter, thread: Int32 = 0, ringPages: Int = 16
    ) throws(PerfError) {
        try self.init(
            attributes, thread: thread, leader: leader.descriptor, ringPages: ringPages, calls: .kernel)
    }

    init(
        _ attributes: EventAttributes, thread: Int32 = 0, cpu: Int? = nil, leader: CInt = -1, ringPages: Int,
        calls: SystemCalls
    ) throws(PerfError) {
        let pageSize = sysconf(CInt(_SC_PAGESIZE))
        let (dataSize, overflow) = ringPages.multipliedReportingOverflow(by: pageSize)
        guard ringPages > 0, ringPages.nonzeroBitCount == 1, !overflow, dataSize < Int.max - pageSize else {
            throw PerfError(
                code: .invalidAttributes, operation: .map, subject: "\(attributes.event)",
                explanation: "a ring of \(ringPages) pages", suggestion: "use a power of two")
        }
        let counter = try Counter(attributes, thread: thread, cpu: cpu, leader: leader, calls: calls)
        let decoder = try RecordDecoder(counter.attributes)
        let mapping = try RingMapping(of: counter, size: pageSize + dataSize)
        ring = try RingBuffer(unsafeMemory: mapping.memory, pageSize: pageSize, decoder: decoder)
        self.counter = counter
        self.mapping = mapping
    }

    /// Starts counting. As ``Counter/enable()``.
    public func enable() throws(PerfError) { try counter.enable() }

    /// Stops counting. As ``Counter/disable()``.
    public func disable() throws(PerfError) { try counter.disable() }

    /// Reads the count and both times. As ``Counter/read()``.
    public func read() throws(PerfError) -> Reading { try counter.read() }

    /// The open file, borrowed. As ``Counter/descriptor``.
    public var descriptor: CInt { counter.descriptor }

    /// Bytes that are left in the ring for the kernel. It drops a record for which they are too few, and says so only
    /// in the next one that finds room: never, if none follows.
    public var freeBytes: UInt64 { UInt64(ring.dataSize) &- ring.availableBytes }

    /// Hands each record written so far to `body`, and gives their room back to the kernel.
    ///
    /// - Throws: what `body` threw, or code `malformedRecord`.
    @inlinable @inline(__always)
    public mutating func forEachRecord(_ body: (Record) throws(PerfError) -> Void) throws(PerfError) {
        try ring.forEachRecord(body)
    }

    /// As above, for a body with errors of its own.
    @inlinable @inline(__always)
    public mutating func forEachRecord<Failure: Error>(
        _ body: (Record) throws(Failure) -> Void
    ) throws(RingError<Failure>) {
        try ring.forEachRecord(body)
    }
}

/// The memory of a ring buffer, unmapped at the end of its life.
struct RingMapping: ~Copyable {
    let memory: UnsafeMutableRawBufferPointer
    private let calls: SystemCalls

    init(of counter: borrowing Counter, size: Int) throws(PerfError) {
        var address: UnsafeMutableRawPointer?
        let result = counter.calls.map(counter.descriptor, size, &address)
        guard result >= 0, let address else { throw counter.failure(errno: result < 0 ? -result : ENOMEM, .map) }
        memory = UnsafeMutableRawBufferPointer(start: address, count: size)
        calls = counter.calls
    }

    deinit {
        if let base = memory.baseAddress { _ = calls.unmap(base, memory.count) }
    }
}

// One owner, no shared state: a sampler may move to another thread, and is used by one at a time.
extension Sampler: @unchecked Sendable {}
