import ArgumentParser
import Measurement
import PerfEvents

/// `--cpu`: one CPU, a list of them, or all that this process may use.
enum CPUOption: ExpressibleByArgument, Hashable {
    case all
    case list(CPUList)

    init?(argument: String) {
        if argument == "all" {
            self = .all
        } else if let list = CPUList(argument), !list.isEmpty {
            self = .list(list)
        } else {
            return nil
        }
    }

    static let completion = CompletionKind.list(["all"])
}

/// The CPUs that are measured.
enum TestedCPU {
    /// - Parameter wanted: nil for the first one allowed.
    /// - Returns: one or more, ascending.
    /// - Throws: a usage failure for a CPU that is not there, offline, or not this process's to use.
    static func choose(_ wanted: CPUOption?) throws(Failure) -> [Int] {
        switch wanted {
        case nil: return [try choose(nil)]
        case .all?: return allowedCPUs()
        case .list(let list)?:
            var chosen: [Int] = []
            // A list may name a billion CPUs; the first that is not there ends this.
            for cpu in list.cpus { chosen.append(try choose(cpu)) }
            return chosen
        }
    }

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
