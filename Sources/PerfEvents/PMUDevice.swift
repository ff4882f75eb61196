/// A PMU that the running kernel has a driver for: a directory of /sys/bus/event_source/devices.
///
/// That libpfm4 knows a CPU does not mean that the kernel lets anyone count on it (a guest without a virtual PMU). What
/// is listed here is what the kernel offers.
public struct PMUDevice: Sendable, Hashable {
    /// `cpu`, `cpu_core`, `armv8_pmuv3_0`, `software`, ….
    public let name: String
    /// The number for ``Event/type``.
    public let type: UInt32
    /// CPUs whose own PMU this is (file `cpus`). Only core PMUs of hybrid CPUs and of Arm have it.
    public let cpus: CPUList?
    /// CPUs on which an uncore PMU is read (file `cpumask`).
    public let cpuMask: CPUList?
    /// The files of `caps`: name and text.
    public let capabilities: [String: String]
    /// The fields of its events' encoding.
    public let formats: [String: PMUFormat]
    /// Event names that the kernel itself offers, with their terms (`event=0xc4,umask=0x1`).
    public let events: [String: String]

    /// Where the kernel lists its PMUs.
    public static let systemRoot = "/sys/bus/event_source/devices"

    /// The PMUs under `root`, by name. Empty where there is no such directory: a kernel without perf.
    public static func all(root: String = systemRoot) -> [PMUDevice] {
        SystemFiles(root: root).names(in: "/").compactMap { PMUDevice(name: $0, root: root) }
    }

    /// The PMUs that are CPU cores' own: one, several on hybrid CPUs, none in most virtual machines.
    public static func corePMUs(root: String = systemRoot) -> [PMUDevice] {
        all(root: root).filter(\.isCore)
    }

    /// The PMU of that name, or nil.
    public init?(name: String, root: String = systemRoot) {
        let files = SystemFiles(root: root)
        let directory = "/\(name)"
        guard let type = files.number("\(directory)/type", as: UInt32.self) else { return nil }
        self.name = name
        self.type = type
        cpus = files.cpuList("\(directory)/cpus")
        cpuMask = files.cpuList("\(directory)/cpumask")
        capabilities = files.texts(in: "\(directory)/caps")
        events = files.texts(in: "\(directory)/events")
        var formats: [String: PMUFormat] = [:]
        for (field, text) in files.texts(in: "\(directory)/format") {
            formats[field] = PMUFormat(name: field, text: text)
        }
        self.formats = formats
    }

    /// Whether this PMU is a CPU core's own.
    ///
    /// The rule is that of perf (`is_pmu_core`, tools/perf/util/pmu.c): x86's homogeneous `cpu` and s390's `cpum_cf` by
    /// name, all others by their file `cpus`, which no uncore PMU has.
    public var isCore: Bool { name == "cpu" || name == "cpum_cf" || cpus != nil }

    /// Whether `cpu` can count with this PMU. A core PMU without a `cpus` file serves every CPU.
    public func serves(cpu: Int) -> Bool { isCore && (cpus?.contains(cpu) ?? true) }
}
