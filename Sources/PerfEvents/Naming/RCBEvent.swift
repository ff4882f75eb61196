/// The event that counts the branches of a core, and where it is known from.
public struct RCBEvent: Sendable, Hashable {
    public var event: Event
    /// For people: "BR_INST_RETIRED:CONDITIONAL (r01c4)".
    public var name: String
    /// For a report: libpfm4's full name, or "r11c4".
    public var canonicalName: String
    /// Where encoding and skid limit were read.
    public var provenance: String
    /// Most counts between an overflow and its PMI for which rr allows; nil where there is no figure.
    public var skidLimit: UInt64?
    public var counts: CountedBranches
    /// "core", "atom" or "lowpower" on hybrid CPUs.
    public var coreType: String?
    /// The PMU in sysfs that counts it, or libpfm4's name of it where sysfs shows none.
    public var pmuName: String
    /// Name of the micro-architecture, where the table knows it.
    public var microarchitecture: String?
    /// What to know before believing a number, in plain sentences.
    public var notes: [String]
}

extension RCBEvent {
    /// The event of the core that a CPU is.
    ///
    /// libpfm4's name is taken where it has a model of this CPU and its encoding is the table's; the table's own
    /// encoding otherwise. A CPU that only libpfm4 knows gets libpfm4's event, with a note that says so. Whether
    /// the PMU is there at all is not asked: the answer is right for a guest without one.
    ///
    /// - Throws: `unknownCPU`, `unsupportedCPU`, `kernelTooOld` (the kernel drops bits that the event needs) or
    ///   `noProcessorInformation`.
    public static func ofCore(cpu: Int) throws(EventNameError) -> RCBEvent {
        try ofCore(cpu: cpu, Cores(files: SystemFiles()), catalog: try? EventCatalog())
    }

    /// The event that a person named in place of the one that would be taken, as `EventCatalog.encode` reads it.
    ///
    /// Raw codes go to the PMU of that CPU's core. What the event counts is taken from the table where it is the
    /// table's event, and to be conditional branches otherwise: the one who names it answers for it.
    public static func named(_ name: String, cpu: Int) throws(EventNameError) -> RCBEvent {
        try named(name, cpu: cpu, files: SystemFiles())
    }

    /// One event for each type of core that this machine has, in the order of their first CPU. Types without an
    /// exact event are left out.
    ///
    /// - Throws: what `ofCore(cpu:)` throws, where no type has one.
    public static func ofAllCoreTypes() throws(EventNameError) -> [RCBEvent] {
        try ofAllCoreTypes(Cores(files: SystemFiles()), catalog: try? EventCatalog())
    }
}

extension RCBEvent {
    package static func ofAllCoreTypes(
        _ cores: Cores, catalog: EventCatalog?
    ) throws(EventNameError) -> [RCBEvent] {
        let firstCPUs = cores.pmus.map { $0.cpus?.first ?? 0 }.sorted()
        var events: [RCBEvent] = []
        var failure: EventNameError?
        for cpu in firstCPUs.isEmpty ? [0] : firstCPUs {
            do throws(EventNameError) {
                let event = try ofCore(cpu: cpu, cores, catalog: catalog)
                if !events.contains(event) { events.append(event) }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure, events.isEmpty { throw failure }
        return events
    }

    package static func ofCore(
        cpu: Int, _ cores: Cores, catalog: EventCatalog?
    ) throws(EventNameError) -> RCBEvent {
        guard let identity = cores.identity(of: cpu) else {
            throw EventNameError(
                .noProcessorInformation, name: "CPU \(cpu)", reason: "/proc/cpuinfo does not identify it",
                advice: "Choose a CPU that is online.")
        }
        let pmu = cores.pmu(of: cpu)
        guard let row = RCBTable.row(for: identity, coreType: pmu?.coreType) else {
            if let catalog, let event = onlyInLibrary(catalog, identity: identity, pmu: pmu) { return event }
            throw EventNameError(
                .unknownCPU, name: "retired conditional branches",
                reason: "neither the table nor libpfm4 knows an event for \(identity)"
                    + (pmu?.coreType.map { ", core type \($0.rawValue)" } ?? ""),
                advice: "Name one yourself: --event r11c4, or any name that libpfm4 knows.")
        }
        guard row.counts != .unsupported else {
            throw EventNameError(
                .unsupportedCPU, name: "retired conditional branches",
                reason:
                    "\(identity) (\(row.microarchitecture)) has no exact event; \(row.notes.joined(separator: " "))",
                advice: "Name another event to count that: --event r00c4.")
        }
        if row.needsSecondUnitMask, let pmu, !pmu.hasSecondUnitMask {
            throw EventNameError(
                .kernelTooOld, name: "\(row.eventName) (r\(row.config.hex))",
                reason: "\(pmu.path)/format/umask says \(pmu.formats["umask"]?.description ?? "nothing"), "
                    + "so this kernel drops bit 40 and counts another event",
                advice: "Run Linux 6.11 or newer.")
        }
        return fromTable(row, identity: identity, pmu: pmu, catalog: catalog)
    }

    package static func named(
        _ name: String, cpu: Int, files: SystemFiles
    ) throws(EventNameError) -> RCBEvent {
        let cores = Cores(files: files)
        let pmu = cores.pmu(of: cpu)
        let catalog = try EventCatalog(files: files)
        let encoded = try catalog.encode(name, pmuType: pmu?.type)
        // The kernel opens it all the same, and never schedules it there.
        if let owner = cores.pmus.first(where: { $0.type == encoded.event.type }), !owner.serves(cpu: cpu) {
            let cpus = owner.cpus.map { "\($0)" } ?? "none"
            throw EventNameError(
                .otherCPUs, name: name,
                reason: "\(owner.name) counts on CPUs \(cpus), and CPU \(cpu) is to be measured",
                advice: "Measure on one of those with --cpu, or name an event of \(pmu?.name ?? "that CPU's PMU").")
        }
        let row = cores.identity(of: cpu).flatMap { RCBTable.row(for: $0, coreType: pmu?.coreType) }
        let isTableEvent = row.map { $0.config == encoded.event.config & countingBits } ?? false
        return RCBEvent(
            event: encoded.event, name: name, canonicalName: encoded.canonicalName,
            provenance: "named by the user",
            skidLimit: isTableEvent ? row?.skidLimit : nil,
            counts: isTableEvent ? row?.counts ?? .conditional : .conditional,
            coreType: pmu?.coreType?.rawValue, pmuName: encoded.pmu == "raw" ? pmu?.name ?? "cpu" : encoded.pmu,
            microarchitecture: row?.microarchitecture,
            notes: isTableEvent ? row?.notes ?? [] : ["Whether this event counts conditional branches is not known."])
    }

    /// All of `config` but the enable, interrupt and privilege bits, which rr's codes carry (0x5101c4) and the
    /// kernel sets itself, whatever is asked (`X86_RAW_EVENT_MASK`).
    private static let countingBits: UInt64 = ~0x0053_0000

    private static func fromTable(
        _ row: RCBTableRow, identity: CPUIdentity, pmu: PMUDevice?, catalog: EventCatalog?
    ) -> RCBEvent {
        let rawType = pmu?.type ?? Event.rawType
        var event = RCBEvent(
            event: Event(type: rawType, config: row.config), name: "\(row.eventName) (\(code(row.config)))",
            canonicalName: code(row.config), provenance: row.provenance, skidLimit: row.skidLimit, counts: row.counts,
            coreType: pmu?.coreType?.rawValue, pmuName: pmu?.name ?? "cpu", microarchitecture: row.microarchitecture,
            notes: row.notes)
        if !row.coreTypes.isEmpty, pmu?.coreType == nil {
            event.notes.append(
                "Linux does not say which core type this is; the event is that of the performance cores.")
        }
        for encoded in catalog.map({ encodings(row.libpfmNames, catalog: $0, rawType: rawType) }) ?? [] {
            guard encoded.event.config == row.config else {
                // The table is the authority: unit mask 0x01 named COND here and COND_TAKEN there is the mistake
                // that it is for.
                event.notes.append("libpfm4 encodes \(encoded.name) as \(code(encoded.event.config)): not used.")
                continue
            }
            event.event = encoded.event
            event.name = "\(encoded.nameWithoutPMU) (\(code(encoded.event.config)))"
            event.canonicalName = encoded.canonicalName
            event.provenance = "libpfm4 \(encoded.pmu), as \(row.provenance)"
            break
        }
        return event
    }

    private static func onlyInLibrary(
        _ catalog: EventCatalog, identity: CPUIdentity, pmu: PMUDevice?
    ) -> RCBEvent? {
        // A model forced on libpfm4 says nothing about this CPU.
        guard EventCatalog.environment["LIBPFM_FORCE_PMU"] == nil else { return nil }
        let names = [
            "BR_INST_RETIRED:CONDITIONAL", "BR_INST_RETIRED:COND", "BR_INST_RETIRED:JCC",
            "RETIRED_CONDITIONAL_BRANCH_INSTRUCTIONS",
        ]
        // Two core types known to libpfm4 and not to the table: which of them this CPU is would be a guess.
        let encodings = encodings(names, catalog: catalog, rawType: pmu?.type ?? Event.rawType)
        guard let encoded = encodings.first, Set(encodings.map(\.event.config)).count == 1 else { return nil }
        return RCBEvent(
            event: encoded.event, name: "\(encoded.nameWithoutPMU) (\(code(encoded.event.config)))",
            canonicalName: encoded.canonicalName, provenance: "libpfm4 \(encoded.pmu) alone", skidLimit: nil,
            counts: .conditional, coreType: pmu?.coreType?.rawValue, pmuName: pmu?.name ?? encoded.pmu,
            microarchitecture: nil,
            notes: ["truecount's table does not know \(identity): the event comes from libpfm4 only."])
    }

    /// What libpfm4's present core PMUs make of these names.
    private static func encodings(_ names: [String], catalog: EventCatalog, rawType: UInt32) -> [EncodedEvent] {
        catalog.pmus.filter { $0.isPresent && $0.kind == .core }.flatMap { model in
            names.compactMap { try? catalog.encode("\(model.name)::\($0)", pmuType: rawType) }
        }
    }

    /// As perf writes raw codes, with four digits at least: r01c4.
    private static func code(_ config: UInt64) -> String {
        let digits = config.hex
        return "r" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

extension EncodedEvent {
    fileprivate var nameWithoutPMU: String {
        name.hasPrefix("\(pmu)::") ? String(name.dropFirst(pmu.count + 2)) : name
    }
}

/// As reports keep it: the words of the event that a branch event has, `type` and `config`, among its own.
extension RCBEvent: Codable {
    private enum Key: String, CodingKey {
        case name, canonicalName, type, config, counts, coreType, pmu, provenance, skidLimit, microarchitecture, notes
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        event = Event(
            type: try container.decode(UInt32.self, forKey: .type),
            config: try container.decode(UInt64.self, forKey: .config))
        name = try container.decode(String.self, forKey: .name)
        canonicalName = try container.decode(String.self, forKey: .canonicalName)
        provenance = try container.decode(String.self, forKey: .provenance)
        skidLimit = try container.decodeIfPresent(UInt64.self, forKey: .skidLimit)
        counts = try container.decode(CountedBranches.self, forKey: .counts)
        coreType = try container.decodeIfPresent(String.self, forKey: .coreType)
        pmuName = try container.decode(String.self, forKey: .pmu)
        microarchitecture = try container.decodeIfPresent(String.self, forKey: .microarchitecture)
        notes = try container.decode([String].self, forKey: .notes)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .name)
        try container.encode(canonicalName, forKey: .canonicalName)
        try container.encode(event.type, forKey: .type)
        try container.encode(event.config, forKey: .config)
        try container.encode(counts, forKey: .counts)
        try container.encodeIfPresent(coreType, forKey: .coreType)
        try container.encode(pmuName, forKey: .pmu)
        try container.encode(provenance, forKey: .provenance)
        try container.encodeIfPresent(skidLimit, forKey: .skidLimit)
        try container.encodeIfPresent(microarchitecture, forKey: .microarchitecture)
        try container.encode(notes, forKey: .notes)
    }
}
