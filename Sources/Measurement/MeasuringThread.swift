// What is done to the calling thread, and asked of it, so that its counts are those of its work alone.

import CPerf
import Glibc
import SystemPackage

/// A set of CPUs as sched_setaffinity(2) takes it.
struct CPUSet {
    private var words = [UInt64](repeating: 0, count: Int(CPERF_CPU_LIMIT) / 64)

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
        let bound = cperf_bind(0, Int32(clamping: cpu))
        guard bound == 0 else { throw Errno(rawValue: -bound) }
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

/// Holds back every signal of the calling thread for as long as it lives: a handler's own branches would be counted.
///
/// SIGTRAP comes through: the kernel kills whoever blocks a signal that an exception raises (force_sig_fault), and where
/// a handler takes it, on breakpoints, its branches are not counted. So does the one that ends a run early: what was
/// counted is then not used.
package struct BlockedSignals: ~Copyable {
    private let before: sigset_t

    package init() {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        sigdelset(&all, SIGTRAP)
        sigdelset(&all, cperf_cut_signal())
        pthread_sigmask(SIG_SETMASK, &all, &before)
        self.before = before
    }

    deinit {
        var before = before
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }
}

/// Counts the debug exceptions that no breakpoint event claimed, for as long as it lives, instead of letting the process
/// die of them. All other SIGTRAPs do what they did, and the last watch of the process to end puts back their action.
///
/// Not private to its owners, for the reason that `RegisterGuard` has.
struct StrayTrapWatch: ~Copyable {
    init() throws(MeasurementError) {
        let begun = cperf_stray_traps_begin()
        guard begun == 0 else { throw .systemCall("handling SIGTRAP with sigaction", Errno(rawValue: -begun)) }
    }

    deinit { cperf_stray_traps_end() }
}

/// Context switches so far (getrusage(2)).
package struct ContextSwitches {
    package var voluntary: UInt64
    package var involuntary: UInt64

    static func ofThisThread() throws(MeasurementError) -> ContextSwitches {
        try read(cperf_switches_of_thread)
    }

    /// Of all children that have been waited for.
    package static func ofReapedChildren() throws(MeasurementError) -> ContextSwitches {
        try read(cperf_switches_of_children)
    }

    private static func read(
        _ source: (UnsafeMutablePointer<cperf_switches>?) -> Int32
    ) throws(MeasurementError) -> ContextSwitches {
        var switches = cperf_switches()
        let result = source(&switches)
        guard result == 0 else {
            throw .systemCall("counting context switches with getrusage", Errno(rawValue: -result))
        }
        return ContextSwitches(voluntary: switches.voluntary, involuntary: switches.involuntary)
    }

    package func since(_ earlier: ContextSwitches) -> ContextSwitches {
        ContextSwitches(
            voluntary: voluntary - earlier.voluntary, involuntary: involuntary - earlier.involuntary)
    }
}
