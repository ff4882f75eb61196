import CPerf
import SystemPackage

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
