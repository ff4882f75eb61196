/// What /proc/self/status says of this process's rights (proc_pid_status(5)).
package struct ProcessStatus: Sendable, Hashable {
    /// The bits of `CapEff`; nil where they cannot be read.
    package let effectiveCapabilities: UInt64?
    /// `Seccomp`: 0 none, 1 strict, 2 a filter. Nil where it cannot be read: a kernel without seccomp has no such line.
    package let seccompMode: Int?

    package init(files: SystemFiles) {
        self.init(text: files.text("/proc/self/status") ?? "")
    }

    init(text: String) {
        var fields: [Substring: String] = [:]
        for line in text.split(separator: "\n") {
            let halves = line.split(separator: ":", maxSplits: 1)
            if halves.count == 2 { fields[halves[0]] = String(halves[1]).trimmed }
        }
        effectiveCapabilities = fields["CapEff"].flatMap { UInt64($0, radix: 16) }
        seccompMode = fields["Seccomp"].flatMap { Int($0) }
    }

    /// Whether the process has a capability; nil where that cannot be read.
    package func has(_ capability: Capability) -> Bool? {
        effectiveCapabilities.map(capability.isIn)
    }
}

/// The capabilities that perf events ask for (capabilities(7)), by their numbers in linux/capability.h.
package enum Capability: UInt64, Sendable {
    case systemAdministration = 21
    /// Since Linux 5.8.
    case performanceMonitoring = 38

    package func isIn(_ capabilities: UInt64) -> Bool { capabilities >> rawValue & 1 == 1 }
}
