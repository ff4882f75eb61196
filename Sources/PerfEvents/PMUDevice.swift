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

extension PMUDevice {
    /// The type of core that counts with this PMU; nil where all cores are alike.
    package var coreType: HybridCoreType? {
        HybridCoreType.allCases.first { $0.pmuName == name }
    }

    /// Whether the kernel passes on bits 40-47 of `config` (Linux 6.11, dce0c74d2d18).
    package var hasSecondUnitMask: Bool {
        formats["umask"]?.covers(bit: 40) ?? false
    }
}

/// Where one field of a PMU's event encoding lies: a file of the PMU's `format` directory, as `config:0-7,32-35`
/// (Documentation/ABI/testing/sysfs-bus-event_source-devices-format).
public struct PMUFormat: Sendable, Hashable, CustomStringConvertible {
    /// The field's name: `event`, `umask`, ….
    public let name: String
    /// 0 for `config`, 1 for `config1`, and so on.
    public let word: Int
    /// The bits of that word, ascending, which the field's value fills from its lowest bit on. In perf, too, they are a
    /// set without an order (`pmu_format_value()`, tools/perf/util/pmu.c).
    public let bits: [ClosedRange<Int>]

    /// Parses the file's text; nil for what is no format.
    public init?(name: String, text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        // The kernel writes sets of bits as it writes sets of CPUs.
        guard parts.count == 2, parts[0].hasPrefix("config"),
            let bits = CPUList(parts[1])?.ranges, let last = bits.last, last.upperBound < 64
        else { return nil }
        let suffix = parts[0].dropFirst("config".count)
        guard let word = suffix.isEmpty ? 0 : Int(suffix), word >= 0 else { return nil }
        self.name = name
        self.word = word
        self.bits = bits
    }

    /// Whether the field has this bit of its word.
    public func covers(bit: Int) -> Bool { bits.contains { $0.contains(bit) } }

    /// `value` in its place within the word; nil where it has more bits than the field.
    public func encode(_ value: UInt64) -> UInt64? {
        var rest = value
        var encoded: UInt64 = 0
        for bit in bits.joined() {
            encoded |= (rest & 1) << UInt64(bit)
            rest >>= 1
        }
        return rest == 0 ? encoded : nil
    }

    /// As the kernel writes it.
    public var description: String { "config\(word == 0 ? "" : "\(word)"):\(CPUList.text(bits))" }
}
