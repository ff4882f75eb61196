import CPerf
import Glibc
import SystemPackage

/// Owns the memory that a run needs: the window, and the page that the workload works on.
public struct WorkloadWindow: ~Copyable {
    /// No events yet: both descriptors are -1, and no result is written. Valid while this value lives.
    public let pointer: UnsafeMutablePointer<cperf_window>
    private let memory: SharedMemory

    public init() throws(TraceError) {
        let memory = try SharedMemory()
        pointer = memory.makeWindow()
        self.memory = memory
    }
}

/// Owns a page that is shared with children, so that a tracer can fill in a routine's window after the child has been
/// started and read the results after it has ended; and a page of the routine's own, private to each process.
package struct SharedMemory: ~Copyable {
    /// Of the shared page, where the window lies.
    package let start: UnsafeMutableRawPointer
    /// At its end, where a child says why it could not become a tracee.
    package let report: UnsafeMutablePointer<cperf_child_report>
    package let ownPage: UnsafeMutableRawPointer
    private let shared: Mapping
    private let own: Mapping

    /// - Parameter ownProtection: of the routine's own page, as mmap(2) takes it.
    package init(ownProtection: Int32 = PROT_READ | PROT_WRITE) throws(TraceError) {
        let page = sysconf(Int32(_SC_PAGESIZE))
        let shared = try Mapping(length: page, flags: MAP_SHARED | MAP_ANONYMOUS)
        let own = try Mapping(length: page, flags: MAP_PRIVATE | MAP_ANONYMOUS, protection: ownProtection)
        start = shared.start
        report = (shared.start + page - MemoryLayout<cperf_child_report>.stride)
            .bindMemory(to: cperf_child_report.self, capacity: 1)
        report.initialize(to: cperf_child_report(trace_error: 0))
        ownPage = own.start
        self.shared = shared
        self.own = own
    }

    /// Puts a workload's window there, without events.
    func makeWindow() -> UnsafeMutablePointer<cperf_window> {
        let window = start.bindMemory(to: cperf_window.self, capacity: 1)
        window.initialize(
            to: cperf_window(sampler: -1, counter: -1, results: cperf_window.unwritten, memory: ownPage, leave: nil))
        return window
    }
}

extension cperf_window {
    /// Results before a run. No system call returns them, so one that was not made cannot pass for one that succeeded.
    public static let unwritten: (Int64, Int64, Int64, Int64) = (.max, .max, .max, .max)

    /// Puts in the events of the next run, by their descriptors, and takes out the results of the last one.
    ///
    /// - Parameters:
    ///   - counter: the event next to the work, or the one that is alone.
    ///   - sampler: the event around it; nil is none.
    public mutating func prepare(counter: Int32, sampler: Int32? = nil) {
        self.counter = Int64(counter)
        self.sampler = sampler.map(Int64.init) ?? -1
        results = Self.unwritten
    }
}

/// Owns one mapping.
///
/// Not private: Swift 6.3 leaves a private one undefined when another module destroys its owner, in optimised builds.
struct Mapping: ~Copyable {
    let start: UnsafeMutableRawPointer
    private let length: Int

    init(length: Int, flags: Int32, protection: Int32 = PROT_READ | PROT_WRITE) throws(TraceError) {
        guard let mapped = mmap(nil, length, protection, flags, -1, 0), mapped != MAP_FAILED else {
            throw TraceError(attempt: .mapWindow, errno: Errno(rawValue: errno))
        }
        start = mapped
        self.length = length
    }

    deinit {
        munmap(start, length)
    }
}
