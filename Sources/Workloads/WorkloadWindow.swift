import CPerf
import Glibc
import SystemPackage

/// Owns the memory that a run needs: the window, and the page that the workload works on.
///
/// The window lies in memory shared with children, so that a tracer can fill in descriptors after the child has been
/// started and read the results after it has ended. The workload's page is private to each process.
public struct WorkloadWindow: ~Copyable {
    /// No events yet: both descriptors are -1, and no result is written. Valid while this value lives.
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
            to: cperf_window(
                sampler: -1, counter: -1, results: cperf_window.unwritten, memory: work.start, leave: nil))
        report = (shared.start + MemoryLayout<cperf_window>.stride).bindMemory(to: cperf_child_report.self, capacity: 1)
        report.initialize(to: cperf_child_report(trace_error: 0))
        self.shared = shared
        self.work = work
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
