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

    /// The PMUs of a machine, by name. Empty where the kernel has no perf events.
    ///
    /// - Parameter root: "/" for this machine; a folder with a copy of its `/sys` otherwise.
    public static func all(root: String = "/") -> [PMUDevice] {
        all(files: SystemFiles(root: root))
    }

    /// The PMUs that are CPU cores' own: one, several on hybrid CPUs, none in most virtual machines.
    public static func corePMUs(root: String = "/") -> [PMUDevice] {
        corePMUs(files: SystemFiles(root: root))
    }

    /// The PMU of that name, or nil.
    public init?(name: String, root: String = "/") {
        self.init(name: name, files: SystemFiles(root: root))
    }

    /// Whether this PMU is a CPU core's own.
    ///
    /// The rule is that of perf (`is_pmu_core`, tools/perf/util/pmu.c): x86's homogeneous `cpu` and s390's `cpum_cf` by
    /// name, all others by their file `cpus`, which no uncore PMU has.
    public var isCore: Bool { Self.namesOfHomogeneousCores.contains(name) || cpus != nil }

    /// Whether `cpu` can count with this PMU. A core PMU without a `cpus` file serves every CPU.
    public func serves(cpu: Int) -> Bool { isCore && (cpus?.contains(cpu) ?? true) }
}

extension PMUDevice {
    /// Where the kernel lists its PMUs.
    package static let folder = "/sys/bus/event_source/devices"

    package var path: String { "\(Self.folder)/\(name)" }

    package init?(name: String, files: SystemFiles) {
        let path = "\(Self.folder)/\(name)"
        guard let type = files.number("\(path)/type", as: UInt32.self) else { return nil }
        self.name = name
        self.type = type
        cpus = files.cpuList("\(path)/cpus")
        cpuMask = files.cpuList("\(path)/cpumask")
        capabilities = files.texts(in: "\(path)/caps")
        events = files.texts(in: "\(path)/events")
        var formats: [String: PMUFormat] = [:]
        for (field, text) in files.texts(in: "\(path)/format") {
            formats[field] = PMUFormat(name: field, text: text)
        }
        self.formats = formats
    }

    package static func all(files: SystemFiles) -> [PMUDevice] {
        files.names(in: folder).compactMap { PMUDevice(name: $0, files: files) }
    }

    package static func corePMUs(files: SystemFiles) -> [PMUDevice] {
        // A server has hundreds of uncore PMUs with dozens of files each: they are not read to be thrown away.
        files.names(in: folder)
            .filter { namesOfHomogeneousCores.contains($0) || files.exists("\(folder)/\($0)/cpus") }
            .compactMap { PMUDevice(name: $0, files: files) }.filter(\.isCore)
    }

    /// The PMU of the core that a CPU is.
    package static func ofCore(cpu: Int, files: SystemFiles) -> PMUDevice? {
        corePMUs(files: files).first { $0.serves(cpu: cpu) }
    }

    fileprivate static let namesOfHomogeneousCores: Set<String> = ["cpu", "cpum_cf"]
}
