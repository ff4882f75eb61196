import ArgumentParser
import Measurement
import PerfEvents

/// `--cpu`: one CPU, or all that this process may use.
enum CPUOption: ExpressibleByArgument, Hashable {
    case all
    case one(Int)

    init?(argument: String) {
        if argument == "all" {
            self = .all
        } else if let number = Int(argument) {
            self = .one(number)
        } else {
            return nil
        }
    }

    var number: Int? { if case .one(let number) = self { number } else { nil } }
}

/// The CPU that a diagnosis runs on.
enum TestedCPU {
    /// - Parameter wanted: nil for the first one allowed.
    /// - Throws: a usage failure for a CPU that is not there, offline, or not this process's to use.
    static func choose(_ wanted: Int?) throws(Failure) -> Int {
        let allowed = allowedCPUs()
        guard let wanted else {
            guard let first = allowed.first else {
                throw .software("the CPUs that this process may use cannot be read (sched_getaffinity)")
            }
            return first
        }
        if allowed.contains(wanted) { return wanted }
        let files = SystemFiles()
        let (online, possible) = (
            files.cpuList("/sys/devices/system/cpu/online"), files.cpuList("/sys/devices/system/cpu/possible")
        )
        if let possible, !possible.contains(wanted) {
            throw .usage("--cpu \(wanted): this machine has no such CPU, only \(possible)")
        }
        if let online, !online.contains(wanted) { throw .usage("--cpu \(wanted) is offline; online are \(online)") }
        throw .usage("--cpu \(wanted): this process may only use \(CPUList(allowed)) (taskset, cpuset)")
    }
}
