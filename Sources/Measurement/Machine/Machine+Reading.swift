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
        MachineReader(files: SystemFiles(root: root)).machine(cpu: cpu)
    }

    /// The machine as each of several CPUs sees it. What they share is read once.
    public static func read(root: String = "/", cpus: [Int]) -> [Machine] {
        let reader = MachineReader(files: SystemFiles(root: root))
        return cpus.map(reader.machine(cpu:))
    }

    /// The same machine at the end of a diagnosis: what may have changed is read again and kept beside what was.
    ///
    /// - Parameter root: as `read(root:cpu:)` takes it.
    public func atEndOfDiagnosis(root: String = "/") -> Machine {
        let files = SystemFiles(root: root)
        var machine = self
        machine.atEnd = Ending(
            registers: files.registers(of: processor).0,
            interrupts: files.text("/proc/interrupts").map(InterruptRows.init)?.interrupts(of: processor.number),
            perfEventMaxSampleRate: files.number("/proc/sys/kernel/perf_event_max_sample_rate"),
            log: Machine.Kernel.newLines(in: Machine.Kernel.log(files), since: kernel.log))
        return machine
    }
}

/// Where each part of a `Machine` is read: what all CPUs share when it is made, and the rest for each of them.
struct MachineReader {
    let files: SystemFiles
    let cores: Cores
    private let catalog: EventCatalog?
    private let interruptRows: InterruptRows?
    private let hypervisorKind: String?
    private let hypervisorInDeviceTree: String?
    /// With nothing of its own that a CPU has.
    private let shared: Machine

    init(files: SystemFiles) {
        let devices = PMUDevice.all(files: files)
        let cores = Cores(files: files, pmus: devices)
        let catalog = files.isThisMachine ? try? EventCatalog() : nil
        let pmus = devices.map { Machine.PMU($0, files: files) }
        // What is known without /proc, which an empty root has not.
        let systemName = files.isThisMachine ? SystemName() : nil
        shared = Machine(
            kernel: Machine.Kernel(files, systemName), distribution: Machine.Distribution(files),
            // `/proc/sys/kernel/arch` came with Linux 6.1.
            architecture: files.text("/proc/sys/kernel/arch") ?? systemName?.machine,
            processor: Machine.Processor(number: 0, flags: []), topology: Machine.Topology(files, pmus),
            hypervisor: nil, firmware: Machine.Firmware(files), pmus: pmus, limits: PerfLimits(files: files),
            privileges: Machine.Privileges(files), registers: nil, registersProblem: nil, interrupts: nil,
            libpfm: catalog.map(Machine.Libpfm.init),
            branchEvents: (try? RCBEvent.ofAllCoreTypes(cores, catalog: catalog)) ?? [], branchEventsProblem: nil)
        interruptRows = files.text("/proc/interrupts").map(InterruptRows.init)
        hypervisorKind = files.text("/sys/hypervisor/type")
        hypervisorInDeviceTree = Machine.Hypervisor.inDeviceTree(files)
        self.files = files
        self.cores = cores
        self.catalog = catalog
    }

    func machine(cpu: Int) -> Machine {
        machine(cpu: cpu, files.isThisMachine ? ProcessorIdentification.ofThisMachine(cpu: cpu) : .none)
    }

    func machine(cpu: Int, _ identification: ProcessorIdentification) -> Machine {
        var machine = shared
        machine.processor = processor(cpu, identification)
        machine.hypervisor = Machine.Hypervisor(
            identification, kind: hypervisorKind, machine.firmware, deviceTree: hypervisorInDeviceTree,
            isFlagged: machine.processor.flags.contains("hypervisor"))
        (machine.registers, machine.registersProblem) = files.registers(of: machine.processor)
        machine.interrupts = interruptRows?.interrupts(of: cpu)
        do throws(EventNameError) {
            _ = try RCBEvent.ofCore(cpu: cpu, cores, catalog: catalog)
        } catch {
            machine.branchEventsProblem = "\(error)"
        }
        return machine
    }
}

extension SystemFiles {
    func registers(of processor: Machine.Processor) -> (Machine.Registers?, problem: String?) {
        // What is neither AMD's nor Arm's has Intel's, or refuses them.
        let wanted = (processor.maker ?? .intel).registers.filter { $0.isThere(processor) }
        guard !wanted.isEmpty else { return (nil, nil) }
        var facts = Machine.Registers()
        var problems: [String] = []
        do throws(RegisterError) {
            let registers = try ModelSpecificRegisters(cpu: processor.number, root: root.isEmpty ? "/" : root)
            for one in wanted {
                do throws(RegisterError) {
                    facts[keyPath: one.property] = try registers.read(one.register)
                } catch {
                    problems.append("\(error)")
                }
            }
        } catch {
            problems.append("\(error)")
        }
        return (facts == Machine.Registers() ? nil : facts, problems.first)
    }
}

extension Machine.Distribution {
    fileprivate init?(_ files: SystemFiles) {
        guard let text = files.text("/etc/os-release") ?? files.text("/usr/lib/os-release") else { return nil }
        var fields: [String: String] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let halves = line.split(separator: "=", maxSplits: 1)
            guard halves.count == 2 else { continue }
            fields[String(halves[0])] = String(halves[1]).withoutQuotes
        }
        (id, versionID, name) = (fields["ID"], fields["VERSION_ID"], fields["PRETTY_NAME"])
    }
}

extension Machine.Privileges {
    fileprivate init(_ files: SystemFiles) {
        let status = ProcessStatus(files: files)
        hasPerfmonCapability = status.has(.performanceMonitoring)
        hasSystemAdministrationCapability = status.has(.systemAdministration)
        seccompMode = status.seccompMode
        lockdown = files.text("/sys/kernel/security/lockdown").flatMap(Self.chosen)
    }

    /// "integrity" of "none [integrity] confidentiality".
    private static func chosen(_ text: String) -> String? {
        text.split(separator: " ").first { $0.hasPrefix("[") && $0.hasSuffix("]") }
            .map { String($0.dropFirst().dropLast()) }
    }
}

extension Machine.Libpfm {
    fileprivate init(_ catalog: EventCatalog) {
        version = catalog.libraryVersion
        detected = catalog.pmus.filter { $0.isPresent && $0.kind == .core }.map(\.name)
        environment = EventCatalog.environment
    }
}

/// The rows of `/proc/interrupts` that are kept.
private struct InterruptRows {
    /// Titles: those of the CPUs that are online, which need not be those from 0 on.
    private let columns: [Substring]
    private let nmis: [UInt64]?
    private let pmis: [UInt64]?

    init(_ text: String) {
        let lines = text.split(separator: "\n")
        columns = (lines.first ?? "").split(separator: " ")
        func row(_ name: String) -> [UInt64]? {
            lines.first { $0.drop { $0 == " " }.hasPrefix("\(name):") }.map { line in
                line.split(separator: " ").dropFirst().map { UInt64($0) }.prefix { $0 != nil }.compactMap(\.self)
            }
        }
        (nmis, pmis) = (row("NMI"), row("PMI"))
    }

    func interrupts(of cpu: Int) -> Machine.Interrupts {
        let column = columns.firstIndex(of: "CPU\(cpu)")
        func own(_ counts: [UInt64]?) -> UInt64? {
            guard let counts, let column, counts.indices.contains(column) else { return nil }
            return counts[column]
        }
        return Machine.Interrupts(
            nmisOfProcessor: own(nmis), pmisOfProcessor: own(pmis), nmis: nmis.map { $0.reduce(0, &+) },
            pmis: pmis.map { $0.reduce(0, &+) })
    }
}

extension String {
    fileprivate var withoutQuotes: String {
        guard count >= 2, let first, first == last, first == "\"" || first == "'" else { return self }
        return String(dropFirst().dropLast())
    }
}

/// What uname(2) says of the running kernel.
struct SystemName: Sendable, Hashable {
    let release: String
    let version: String
    let machine: String

    /// Nil where the kernel does not answer.
    init?() {
        var names = utsname()
        guard uname(&names) == 0 else { return nil }
        release = withUnsafeBytes(of: names.release, Self.text)
        version = withUnsafeBytes(of: names.version, Self.text)
        machine = withUnsafeBytes(of: names.machine, Self.text)
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
