import Glibc
import PerfEvents

extension Machine {
    /// Reads what can be read, without a privilege and without changing anything. Nothing that is missing is an
    /// error: it is absent in the value.
    ///
    /// - Parameters:
    ///   - root: "/" for this machine; a folder with copies of `/proc`, `/sys`, `/dev/cpu` and `/etc` otherwise, for
    ///     which CPUID, uname(2) and libpfm4 are not asked.
    ///   - cpu: the CPU that is to be measured.
    public static func read(root: String = "/", cpu: Int = 0) -> Machine {
        let files = SystemFiles(root: root)
        let identification = files.isThisMachine ? ProcessorIdentification.ofThisMachine(cpu: cpu) : .none
        return read(files: files, cpu: cpu, identification: identification)
    }

    static func read(files: SystemFiles, cpu: Int, identification: ProcessorIdentification) -> Machine {
        let reader = MachineReader(files: files, cpu: cpu, identification: identification)
        let (registers, registersProblem) = reader.registers
        let (events, eventsProblem) = reader.branchEvents
        let pmus = reader.pmus
        return Machine(
            kernel: reader.kernel, distribution: reader.distribution, architecture: reader.architecture,
            processor: reader.processor, topology: reader.topology(pmus: pmus), hypervisor: reader.hypervisor,
            firmware: reader.firmware, pmus: pmus, limits: reader.limits, privileges: reader.privileges,
            registers: registers, registersProblem: registersProblem, interrupts: reader.interrupts,
            libpfm: reader.libpfm, branchEvents: events, branchEventsProblem: eventsProblem)
    }
}

/// Where each part of a `Machine` is read.
struct MachineReader {
    let files: SystemFiles
    let cpu: Int
    let identification: ProcessorIdentification

    var kernel: Machine.Kernel {
        Machine.Kernel(
            release: files.text("/proc/sys/kernel/osrelease") ?? systemName?.release,
            version: files.text("/proc/sys/kernel/version") ?? systemName?.version,
            banner: files.text("/proc/version"), tainted: files.number("/proc/sys/kernel/tainted"),
            bootParameters: BootParameter.parse(commandLine: files.text("/proc/cmdline") ?? ""))
    }

    var distribution: Machine.Distribution? {
        guard let text = files.text("/etc/os-release") ?? files.text("/usr/lib/os-release") else { return nil }
        var fields: [String: String] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let halves = line.split(separator: "=", maxSplits: 1)
            guard halves.count == 2 else { continue }
            fields[String(halves[0])] = String(halves[1]).withoutQuotes
        }
        return Machine.Distribution(id: fields["ID"], versionID: fields["VERSION_ID"], name: fields["PRETTY_NAME"])
    }

    /// `/proc/sys/kernel/arch` came with Linux 6.1.
    var architecture: String? {
        if let text = files.text("/proc/sys/kernel/arch") { return text }
        return systemName?.machine
    }

    /// What is known without /proc, which an empty root has not.
    private var systemName: SystemName? { files.isThisMachine ? SystemName() : nil }

    var limits: Machine.Limits {
        func number(_ name: String) -> Int? { files.number("/proc/sys/kernel/\(name)") }
        return Machine.Limits(
            perfEventParanoid: number("perf_event_paranoid"),
            perfEventMaxSampleRate: number("perf_event_max_sample_rate"),
            perfCPUTimeMaxPercent: number("perf_cpu_time_max_percent"),
            perfEventMlockKB: number("perf_event_mlock_kb"), nmiWatchdog: number("nmi_watchdog"),
            watchdogThreshold: number("watchdog_thresh"))
    }

    var privileges: Machine.Privileges {
        let status = ProcessStatus(files: files)
        return Machine.Privileges(
            hasPerfmonCapability: status.has(.performanceMonitoring),
            hasSystemAdministrationCapability: status.has(.systemAdministration), seccompMode: status.seccompMode,
            lockdown: files.text("/sys/kernel/security/lockdown").flatMap(Self.chosen))
    }

    /// "integrity" of "none [integrity] confidentiality".
    private static func chosen(_ text: String) -> String? {
        text.split(separator: " ").first { $0.hasPrefix("[") && $0.hasSuffix("]") }
            .map { String($0.dropFirst().dropLast()) }
    }

    var interrupts: Machine.Interrupts? {
        guard let text = files.text("/proc/interrupts") else { return nil }
        let lines = text.split(separator: "\n")
        // The columns are the CPUs that are online, which need not be those from 0 on.
        let column = (lines.first ?? "").split(separator: " ").firstIndex(of: "CPU\(cpu)")
        func row(_ name: String) -> [UInt64]? {
            lines.first { $0.drop { $0 == " " }.hasPrefix("\(name):") }.map { line in
                line.split(separator: " ").dropFirst().map { UInt64($0) }.prefix { $0 != nil }.compactMap(\.self)
            }
        }
        func own(_ counts: [UInt64]?) -> UInt64? {
            guard let counts, let column, counts.indices.contains(column) else { return nil }
            return counts[column]
        }
        let (nmis, pmis) = (row("NMI"), row("PMI"))
        return Machine.Interrupts(
            nmisOfProcessor: own(nmis), pmisOfProcessor: own(pmis), nmis: nmis.map { $0.reduce(0, &+) },
            pmis: pmis.map { $0.reduce(0, &+) })
    }

    var registers: (Machine.Registers?, problem: String?) {
        var facts = Machine.Registers()
        var problems: [String] = []
        do throws(RegisterError) {
            let registers = try ModelSpecificRegisters(cpu: cpu, root: files.root.isEmpty ? "/" : files.root)
            let wanted: [(ModelSpecificRegister, WritableKeyPath<Machine.Registers, UInt64?>)] = [
                (.debugControl, \.debugControl), (.performanceCapabilities, \.performanceCapabilities),
                (.globalControl, \.globalControl), (.smiCount, \.smiCount),
            ]
            for (register, property) in wanted {
                do throws(RegisterError) {
                    facts[keyPath: property] = try registers.read(register)
                } catch {
                    problems.append("\(error)")
                }
            }
        } catch {
            problems.append("\(error)")
        }
        return (facts == Machine.Registers() ? nil : facts, problems.first)
    }

    var libpfm: Machine.Libpfm? {
        guard files.isThisMachine, let catalog = try? EventCatalog() else { return nil }
        return Machine.Libpfm(
            version: catalog.libraryVersion,
            detected: catalog.pmus.filter { $0.isPresent && $0.kind == .core }.map(\.name),
            environment: EventCatalog.environment)
    }

    var branchEvents: ([Machine.BranchEvent], problem: String?) {
        let catalog = files.isThisMachine ? try? EventCatalog() : nil
        let events = (try? RCBEvent.ofAllCoreTypes(files: files, catalog: catalog)) ?? []
        var problem: String?
        do throws(EventNameError) {
            _ = try RCBEvent.ofCore(cpu: cpu, files: files, catalog: catalog)
        } catch {
            problem = "\(error)"
        }
        return (events.map(Machine.BranchEvent.init), problem)
    }
}

extension Machine.BranchEvent {
    init(_ event: RCBEvent) {
        self.init(
            name: event.name, canonicalName: event.canonicalName, type: event.event.type, config: event.event.config,
            counts: event.counts.rawValue, coreType: event.coreType, pmu: event.pmuName, provenance: event.provenance,
            skidLimit: event.skidLimit, notes: event.notes)
    }
}

extension String {
    fileprivate var withoutQuotes: String {
        guard count >= 2, let first, first == last, first == "\"" || first == "'" else { return self }
        return String(dropFirst().dropLast())
    }
}
