/// A PMU of sysfs: its number, its CPUs, and which bits of `config` its terms mean
/// (Documentation/ABI/testing/sysfs-bus-event_source-devices-format).
package struct SysfsPMU: Sendable, Hashable {
    package static let folder = "/sys/bus/event_source/devices"
    /// `PERF_TYPE_RAW`: the core PMU of a CPU whose cores are alike.
    package static let rawType: UInt32 = 4

    package let name: String
    /// `perf_event_attr.type`.
    package let type: UInt32
    /// CPUs that it counts on; nil where the kernel does not limit them.
    package let cpus: CPUList?
    /// Term to bits: "umask" to "config:8-15,40-47".
    package let formats: [String: String]

    package init?(_ name: String, files: SystemFiles) {
        let path = "\(Self.folder)/\(name)"
        guard let type = files.number("\(path)/type", as: UInt32.self) else { return nil }
        self.name = name
        self.type = type
        // Core PMUs have "cpus"; uncore ones "cpumask", which says something else.
        cpus = files.cpuList("\(path)/cpus")
        var formats: [String: String] = [:]
        for term in files.names(in: "\(path)/format") {
            formats[term] = files.text("\(path)/format/\(term)")
        }
        self.formats = formats
    }

    package static func all(files: SystemFiles) -> [SysfsPMU] {
        files.names(in: folder).compactMap { SysfsPMU($0, files: files) }
    }

    package var coreType: HybridCoreType? {
        HybridCoreType.allCases.first { $0.pmuName == name }
    }

    /// Whether it is a PMU of the cores. perf's rule (`is_pmu_core()`): "cpu" by name, all others by having "cpus".
    package var countsCores: Bool { name == "cpu" || cpus != nil }

    /// The PMU of the core that a CPU is.
    package static func ofCore(cpu: Int, files: SystemFiles) -> SysfsPMU? {
        all(files: files).first { $0.countsCores && ($0.cpus?.contains(cpu) ?? true) }
    }

    /// Whether the kernel passes on bits 40-47 of `config` (Linux 6.11, dce0c74d2d18).
    package var hasSecondUnitMask: Bool {
        formats["umask"].flatMap { PMUFormat(name: "umask", text: $0) }?.covers(bit: 40) ?? false
    }
}

/// perf's form of an event of a PMU: `cpu_core/r11c4/`, `cpu/event=0xc4,umask=0x11/`.
struct SysfsEventName {
    let text: String
    let pmu: String
    let terms: [Substring]

    init?(_ name: String) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty else { return nil }
        text = name
        pmu = String(parts[0])
        terms = parts[1].split(separator: ",")
        self.scope = String(parts[2])
    }

    private let scope: String

    func encoded(files: SystemFiles) throws(EventNameError) -> EncodedEvent {
        // "u" behind the last slash is what is counted anyway.
        guard scope.isEmpty || scope == "u" else {
            throw EventNameError(
                .scopeModifier, name: text, reason: "the modifier \(scope) asks for something else than user space",
                advice: "Leave the modifier out: only user space is counted.")
        }
        guard let device = SysfsPMU(pmu, files: files) else {
            throw EventNameError(
                .unknownPMU, name: text, reason: "\(SysfsPMU.folder) has no \(pmu)",
                advice: "List those it has: truecount list pmus.",
                nearNames: NearNames.of(pmu, among: files.names(in: SysfsPMU.folder)))
        }
        guard !terms.isEmpty else {
            throw EventNameError(
                .malformed, name: text, reason: "it names no event between the slashes",
                advice: "Write a raw code (\(pmu)/r11c4/) or terms (\(pmu)/event=0xc4,umask=0x11/).")
        }
        var words = Self.words.map { _ in UInt64(0) }
        for term in terms {
            let (word, bits) = try place(term, of: device)
            words[word] |= bits
        }
        let event = Event(type: device.type, config: words[0], config1: words[1], config2: words[2])
        return EncodedEvent(
            event: event, name: text, canonicalName: "\(pmu)/\(terms.joined(separator: ","))/", pmu: pmu,
            pmuIsPresent: true)
    }

    /// The words of an event, in the order of `PMUFormat.word`.
    private static let words = ["config", "config1", "config2"]

    private func place(
        _ term: Substring, of device: SysfsPMU
    ) throws(EventNameError) -> (word: Int, bits: UInt64) {
        if let config = EventCatalog.rawCode(String(term)) { return (0, config) }
        let halves = term.split(separator: "=", maxSplits: 1)
        let key = halves.first.map(String.init) ?? ""
        let value = halves.count == 2 ? String.parseNumber(halves[1]) : 1
        if let word = Self.words.firstIndex(of: key), let value { return (word, value) }
        let known = device.formats.keys.sorted()
        guard let field = device.formats[key].flatMap({ PMUFormat(name: key, text: $0) }) else {
            throw EventNameError(
                .unknownAttribute, name: text, reason: "\(pmu) has no term \(key)",
                advice: "It has \(known.isEmpty ? "none" : known.joined(separator: ", ")).",
                nearNames: NearNames.of(key, among: known))
        }
        guard let value, let bits = field.encode(value), Self.words.indices.contains(field.word) else {
            throw EventNameError(
                .unknownAttribute, name: text, reason: "the value of \(key) is no number of its \(field)",
                advice: "Give a decimal number, or a hexadecimal one with 0x.")
        }
        return (field.word, bits)
    }
}
