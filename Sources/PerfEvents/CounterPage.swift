import CPerf
import Glibc

/// The page through which user space may read a counter without a system call (`struct perf_event_mmap_page`).
///
/// ```swift
/// let page = try CounterPage(of: counter)
/// print(try page.read().get().value)
/// ```
///
/// It is good only on the thread that the counter is on, and while the counter is open.
public struct CounterPage: ~Copyable {
    /// What the counter-reading instruction (`rdpmc`) said.
    public struct Reading: Sendable, Hashable {
        /// Counts: the kernel's offset added to what the instruction gave.
        public var value: UInt64
        /// What the instruction itself gave. 0 may mean that the CPU hides the counter from user space (kernel commit
        /// 59af95e028d4).
        public var raw: UInt64
    }

    /// Why there is no reading.
    public enum Obstacle: Error, Sendable, Hashable {
        /// `cap_user_rdpmc` is 0: the kernel does not let user space read this event.
        case forbidden
        /// `index` is 0: the event is on no counter now.
        case onNoCounter
        /// Its instruction is not known for this architecture.
        case unknownArchitecture
        /// The kernel changed the page again and again meanwhile.
        case unsteady
    }

    private let mapping: RingMapping

    /// Maps the page. The counter must not have a ring buffer: that begins with the same page.
    ///
    /// - Throws: ``PerfError`` where the kernel maps nothing.
    public init(of counter: borrowing Counter) throws(PerfError) {
        mapping = try RingMapping(of: counter, size: sysconf(CInt(_SC_PAGESIZE)))
    }

    /// Reads the counter, by the protocol of perf_event_open(2). The instruction is executed only where the page
    /// allows it.
    public func read() -> Result<Reading, Obstacle> {
        guard let base = mapping.memory.baseAddress else { return .failure(.forbidden) }
        var reading = cperf_user_reading()
        let page = base.assumingMemoryBound(to: perf_event_mmap_page.self)
        switch cperf_counter_read(page, &reading) {
        case 0: return .success(Reading(value: reading.value, raw: reading.raw))
        case -ENODATA: return .failure(.onNoCounter)
        case -ENOSYS: return .failure(.unknownArchitecture)
        case -EAGAIN: return .failure(.unsteady)
        default: return .failure(.forbidden)
        }
    }
}
