import CPerf
import Glibc
import SystemPackage

/// Owns the memory that a run needs: the window, and the page that the workload works on.
///
/// The window lies in memory shared with children, so that a tracer can fill in descriptors after the child has been
/// started and read the results after it has ended. The workload's page is private to each process.
public struct WorkloadWindow: ~Copyable {
    /// No events yet: both descriptors are -1. Valid while this value lives.
    public let pointer: UnsafeMutablePointer<cperf_window>
    let report: UnsafeMutablePointer<cperf_child_report>
    private let shared: Mapping
    private let work: Mapping

    public init() throws(TraceError) {
        let page = sysconf(Int32(_SC_PAGESIZE))
        let shared = try Mapping(length: page, flags: MAP_SHARED | MAP_ANONYMOUS)
        let work = try Mapping(length: page, flags: MAP_PRIVATE | MAP_ANONYMOUS)
        pointer = shared.start.bindMemory(to: cperf_window.self, capacity: 1)
        pointer.initialize(
            to: cperf_window(sampler: -1, counter: -1, results: (0, 0, 0, 0), memory: work.start))
        report = (shared.start + MemoryLayout<cperf_window>.stride).bindMemory(to: cperf_child_report.self, capacity: 1)
        report.initialize(to: cperf_child_report(trace_error: 0))
        self.shared = shared
        self.work = work
    }
}

/// Owns one mapping.
private struct Mapping: ~Copyable {
    let start: UnsafeMutableRawPointer
    private let length: Int

    init(length: Int, flags: Int32) throws(TraceError) {
        guard let mapped = mmap(nil, length, PROT_READ | PROT_WRITE, flags, -1, 0), mapped != MAP_FAILED else {
            throw TraceError(attempt: .mapWindow, errno: Errno(rawValue: errno))
        }
        start = mapped
        self.length = length
    }

    deinit {
        munmap(start, length)
    }
}
