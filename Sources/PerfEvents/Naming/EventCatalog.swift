import CLibpfm
import CPerf
import Glibc
import Synchronization

/// An event as libpfm4 or sysfs encoded it, for user space of one thread.
public struct EncodedEvent: Sendable, Hashable {
    public var event: Event
    /// As typed.
    public var name: String
    /// Fully qualified, with every modifier of the hardware and without those of the kernel's `exclude_…` bits:
    /// "skl::BR_INST_RETIRED:CONDITIONAL:e=0:i=0:c=0:t=0:intx=0:intxcp=0".
    public var canonicalName: String
    /// Name of the PMU, as libpfm4 or sysfs calls it.
    public var pmu: String
    /// Whether libpfm4 takes this machine's CPU to be of that model. False only where `LIBPFM_ENCODE_INACTIVE` is
    /// set; true for sysfs PMUs.
    public var pmuIsPresent: Bool
}

/// libpfm4's tables: event names in, `type` and `config` out, and lists of what it knows.
///
/// libpfm4 keeps process-wide state, reads its environment once in `pfm_initialize()` and is documented as not
/// reentrant (pfm_terminate(3)); every call here holds one lock, and the library is initialised at the first.
public struct EventCatalog: Sendable {
    /// The variables of the environment that change what libpfm4 says, as they were when it read them.
    public static var environment: [String: String] {
        state.withLock { state in
            state.initialise()
            return state.environment
        }
    }

    let files: SystemFiles

    /// Opens the catalogue.
    ///
    /// - Throws: `libraryUnavailable` if libpfm4 does not initialise, or would crash. An unknown CPU, or
    ///   `LIBPFM_FORCE_PMU` with a name that does not exist, is no such error: libpfm4 then succeeds with few PMUs, or
    ///   with none.
    public init() throws(EventNameError) {
        try self.init(files: SystemFiles())
    }

    package init(files: SystemFiles) throws(EventNameError) {
        self.files = files
        let failure = Self.state.withLock { state in
            state.initialise()
            return state.failure
        }
        if let failure { throw failure }
    }

    struct State {
        var isInitialised = false
        var failure: EventNameError?
        var environment: [String: String] = [:]

        private static let variables = [
            "LIBPFM_VERBOSE", "LIBPFM_DEBUG", "LIBPFM_DEBUG_STDOUT", "LIBPFM_FORCE_PMU", "LIBPFM_ENCODE_INACTIVE",
            "LIBPFM_DISABLED_PMUS", "LIBPFM_PROC_CPUINFO",
        ]

        mutating func initialise() {
            guard !isInitialised else { return }
            isInitialised = true
            for variable in Self.variables {
                if let value = getenv(variable) { environment[variable] = String(cString: value) }
            }
            failure = Self.refusal(SystemFiles())
            guard failure == nil else { return }
            let status = pfm_initialize()
            guard status != PFM_SUCCESS else { return }
            failure = EventNameError(
                .libraryUnavailable, name: "libpfm4", reason: "pfm_initialize() said \(EventCatalog.message(status))",
                advice: "Check the variables LIBPFM_* of the environment.")
        }

        /// Why libpfm4 may not be initialised on these files, if so: 4.13 looks in /proc/mounts for debugfs, and writes
        /// through a null pointer where that opens and has nothing to read (pfmlib_getl() in lib/pfmlib_common.c).
        static func refusal(_ files: SystemFiles) -> EventNameError? {
            guard files.opensWithoutContent("/proc/mounts") else { return nil }
            return EventNameError(
                .libraryUnavailable, name: "libpfm4", reason: "/proc/mounts cannot be read, upon which libpfm4 crashes",
                advice: "Mount proc again: mount -t proc proc /proc.")
        }
    }

    static let state = Mutex(State())

    /// pfm_strerror() returns constants and needs no lock.
    static func message(_ status: Int32) -> String {
        pfm_strerror(status).map { String(cString: $0) } ?? "error \(status)"
    }

    /// libpfm4's version, "4.0" for every release of the 4 series: it tells nothing about which CPUs it knows.
    public var libraryVersion: String {
        let version = pfm_get_version()
        return "\(version >> 16).\(version & 0xffff)"
    }
}

// MARK: - Encoding

extension EventCatalog {
    /// Encodes a name for counting one thread's user space.
    ///
    /// Understood are libpfm4's strings (`BR_INST_RETIRED:CONDITIONAL`, `skl::…`, `perf::INSTRUCTIONS`, with the
    /// hardware's own modifiers such as `:c=1`), raw codes (`r11c4`), and perf's form for a PMU of sysfs
    /// (`cpu_core/r11c4/`, `cpu/event=0xc4,umask=0x11/`).
    ///
    /// - Parameter pmuType: sysfs number of the PMU that a raw code is for. On hybrid CPUs `PERF_TYPE_RAW` means
    ///   the performance cores only.
    /// - Throws: one of the codes of `EventNameError`, with names close to the one typed.
    public func encode(_ name: String, pmuType: UInt32? = nil) throws(EventNameError) -> EncodedEvent {
        if let event = try SysfsEventName(name)?.encoded(files: files) { return event }
        if let config = Self.rawCode(name) {
            // libpfm4's own name of a raw event loses the code ("perf_raw:::u=1"), and it has no raw events at all
            // once LIBPFM_FORCE_PMU is set.
            return EncodedEvent(
                event: Event(type: pmuType ?? Event.rawType, config: config), name: name,
                canonicalName: "r\(config.hex)", pmu: "raw", pmuIsPresent: true)
        }
        try Self.refuseScopeModifiers(of: name)
        let (status, encoded) = Self.state.withLock { _ in Self.encodeWithLibrary(name) }
        guard status == PFM_SUCCESS, var encoded else { throw explain(status, name: name) }
        guard !encoded.excludesUser else {
            throw EventNameError(
                .countsNothing, name: name, reason: "libpfm4 encodes it without user space",
                advice: "Name an event that exists in user space.")
        }
        if let pmuType, encoded.event.event.type == Event.rawType { encoded.event.event.type = pmuType }
        return encoded.event
    }

    /// `r` and up to sixteen hexadecimal digits.
    static func rawCode(_ name: String) -> UInt64? {
        guard let first = name.first, first == "r" || first == "R" else { return nil }
        let digits = name.dropFirst()
        guard !digits.isEmpty, digits.allSatisfy(\.isHexDigit) else { return nil }
        return UInt64(digits, radix: 16)
    }

    /// Refuses what would change whose branches are counted.
    ///
    /// `mg` and `mh` are worse than unwanted: libpfm4 sets the bit whenever it meets the modifier, so that `mg=0`
    /// counts guests too.
    private static func refuseScopeModifiers(of name: String) throws(EventNameError) {
        // libpfm4 takes "." for ":" and stops at the first comma, and C at the first zero.
        guard !name.isEmpty, !name.contains(","), !name.utf8.contains(0) else {
            throw EventNameError(
                .malformed, name: name, reason: "one event name is needed",
                advice: "Type one name, for instance BR_INST_RETIRED:CONDITIONAL or r01c4.")
        }
        let parts = name.split(whereSeparator: { $0 == ":" || $0 == "." }).dropFirst()
        for part in parts {
            let modifier = part.prefix { $0 != "=" }.lowercased()
            guard ["k", "h", "mg", "mh"].contains(modifier) || part.lowercased() == "u=0" else { continue }
            throw EventNameError(
                .scopeModifier, name: name,
                reason: "the modifier \(part) asks for more than this thread's user space",
                advice: "Leave the modifier out: only user space is counted.")
        }
    }

    struct LibraryEncoding {
        var event: EncodedEvent
        var excludesUser: Bool
    }

    /// Call with the lock held.
    static func encodeWithLibrary(_ name: String) -> (Int32, LibraryEncoding?) {
        var attributes = perf_event_attr()
        // Before encoding: with size 0 libpfm4 copies the first 64 bytes only and config2 is lost.
        attributes.size = UInt32(MemoryLayout<perf_event_attr>.size)
        var canonical: UnsafeMutablePointer<CChar>?
        var index: Int32 = 0
        let status = withUnsafeMutablePointer(to: &attributes) { attributes in
            withUnsafeMutablePointer(to: &canonical) { canonical in
                var argument = pfm_perf_encode_arg_t()
                argument.size = MemoryLayout<pfm_perf_encode_arg_t>.size
                argument.attr = attributes
                argument.fstr = canonical
                // Without a default privilege level libpfm4 succeeds and excludes user, kernel and hypervisor.
                // PFM_OS_PERF_EVENT_EXT would allow periods in the name, and write them as "freq=" into the full name.
                let status = pfm_get_os_event_encoding(name, PFM_PLM3, PFM_OS_PERF_EVENT, &argument)
                index = argument.idx
                return status
            }
        }
        defer { free(canonical) }
        guard status == PFM_SUCCESS, let canonical else { return (status, nil) }
        let pmu = pmuInformation(ofEvent: index)
        // Only the words that say what is counted leave this function. exclude_hv and exclude_guest differ by
        // vendor for the same string; whoever opens the counter sets them, the same way everywhere.
        let event = EncodedEvent(
            event: Event(
                type: attributes.type, config: attributes.config, config1: attributes.config1,
                config2: attributes.config2),
            name: name, canonicalName: withoutScope(String(cString: canonical)),
            pmu: pmu.map(\.name) ?? "", pmuIsPresent: pmu?.isPresent ?? false)
        return (status, LibraryEncoding(event: event, excludesUser: attributes.exclude_user == 1))
    }

    /// libpfm4's full name without the modifiers that stand for `exclude_…` bits.
    static func withoutScope(_ fullName: String) -> String {
        let scope: Set<Substring> = ["u", "k", "h", "mg", "mh"]
        return fullName.splitKeepingPMU { part in !scope.contains(part.prefix { $0 != "=" }) || !part.contains("=") }
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
                .scopeModifier, name: text, reason: "the modifier \(scope) asks for more than user space",
                advice: "Leave the modifier out: only user space is counted.")
        }
        guard let device = PMUDevice(name: pmu, files: files) else {
            throw EventNameError(
                .unknownPMU, name: text, reason: "\(PMUDevice.folder) has no \(pmu)",
                advice: "List those it has: truecount list pmus.",
                nearNames: NearNames.of(pmu, among: files.names(in: PMUDevice.folder)))
        }
        guard !terms.isEmpty else {
            throw EventNameError(
                .malformed, name: text, reason: "there is no event between the slashes",
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
        _ term: Substring, of device: PMUDevice
    ) throws(EventNameError) -> (word: Int, bits: UInt64) {
        if let config = EventCatalog.rawCode(String(term)) { return (0, config) }
        let halves = term.split(separator: "=", maxSplits: 1)
        let key = halves.first.map(String.init) ?? ""
        let value = halves.count == 2 ? String.parseNumber(halves[1]) : 1
        if let word = Self.words.firstIndex(of: key), let value { return (word, value) }
        let known = device.formats.keys.sorted()
        guard let field = device.formats[key] else {
            throw EventNameError(
                .unknownAttribute, name: text, reason: "\(pmu) has no term \(key)",
                advice: "It has \(known.isEmpty ? "none" : known.joined(separator: ", ")).",
                nearNames: NearNames.of(key, among: known))
        }
        guard let value, let bits = field.encode(value), Self.words.indices.contains(field.word) else {
            throw EventNameError(
                .unknownAttribute, name: text, reason: "the value of \(key) is not a number that fits \(field)",
                advice: "Give a decimal number, or a hexadecimal one with 0x.")
        }
        return (field.word, bits)
    }
}
