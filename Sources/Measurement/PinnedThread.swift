import CPerf
import SystemPackage

/// A set of CPUs as sched_setaffinity(2) takes it.
struct CPUSet {
    /// Room for 8,192 CPUs, the most that Linux is built for on any architecture.
    private var words = [UInt64](repeating: 0, count: 128)

    init(only cpu: Int) throws(Errno) {
        guard cpu >= 0, cpu < words.count * 64 else { throw .invalidArgument }
        words[cpu / 64] = 1 << UInt64(cpu % 64)
    }

    /// The CPUs that the calling thread may run on.
    init(ofThisThread: Void) throws(Errno) {
        let result = cperf_get_affinity(&words, words.count)
        guard result >= 0 else { throw Errno(rawValue: -result) }
    }

    func apply() throws(Errno) {
        let result = cperf_set_affinity(words, words.count)
        guard result >= 0 else { throw Errno(rawValue: -result) }
    }

    var cpus: [Int] {
        (0..<words.count * 64).filter { words[$0 / 64] & 1 << UInt64($0 % 64) != 0 }
    }
}

/// Binds the calling thread to one CPU for as long as it lives, and then gives it back the CPUs it had.
package struct PinnedThread: ~Copyable {
    package let cpu: Int
    private let before: CPUSet

    /// - Throws: `Errno` of sched_setaffinity(2): `EINVAL` for a CPU that is offline or not allowed by the cpuset.
    package init(cpu: Int) throws(Errno) {
        let before = try CPUSet(ofThisThread: ())
        try CPUSet(only: cpu).apply()
        self.before = before
        self.cpu = cpu
    }

    /// The CPUs that the thread had, and that a child of its may be moved to. Ascending.
    var allowedBefore: [Int] { before.cpus }

    deinit {
        // Where the CPUs it had are gone meanwhile, the thread stays where it is.
        try? before.apply()
    }
}

/// The CPUs that the calling thread may run on, ascending; empty if the kernel does not say.
public func allowedCPUs() -> [Int] {
    (try? CPUSet(ofThisThread: ()).cpus) ?? []
}
