import CLibpfm
import Synchronization

/// A PMU that libpfm4 has a table for.
public struct PMUInfo: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable {
        case core, uncore, operatingSystem, unknown
    }

    /// libpfm4's number (`pfm_pmu_t`). It differs between releases: the name is the identity.
    public var id: UInt32
    public var name: String
    public var summary: String
    public var kind: Kind
    /// Whether this CPU is of that model by its CPUID. It says nothing of whether Linux, or a guest, has the PMU:
    /// ask sysfs.
    public var isPresent: Bool
    public var events: Int
    public var generalCounters: Int
    public var fixedCounters: Int

    var firstEvent: Int32
}

/// An event of such a PMU.
public struct EventInfo: Sendable, Hashable {
    public var name: String
    public var summary: String
    /// Name of the PMU.
    public var pmu: String
    /// The event's own code, without unit masks: not what goes into `config`.
    public var code: UInt64
    /// Name of an event that this one is another name of.
    public var equivalent: String?

    var index: Int32
    var attributeCount: Int32
}

/// A unit mask or modifier of an event.
public struct AttributeModel: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case unitMask, boolean, integer, other
    }

    public var name: String
    public var summary: String
    public var kind: Kind
    public var code: UInt64
    /// Whether libpfm4 takes it where no unit mask is named. A name without a unit mask is therefore rarely the
    /// event that was meant: `BR_INST_RETIRED` alone is all branches.
    public var isDefault: Bool
}

extension EventCatalog {
    /// `PFM_PMU_MAX` is that of the header at build time (517 in 4.13); ids above it are how a newer library shows
    /// its newer PMUs, and ids that a library does not have return an error.
    private static let idBound: UInt32 = 4_096

    /// Every PMU that libpfm4 has a table for, present or not.
    public var pmus: [PMUInfo] {
        Self.state.withLock { _ in
            (0..<Self.idBound).compactMap { Self.pmuInformation(pfm_pmu_t(rawValue: $0)) }
        }
    }

    /// The events of a PMU, also of one that is not present.
    public func events(of pmu: PMUInfo) -> [EventInfo] {
        Self.state.withLock { _ in
            var events: [EventInfo] = []
            var index = pmu.firstEvent
            while index >= 0 {
                if let event = Self.eventInformation(index, pmu: pmu.name) { events.append(event) }
                // Walks one PMU and ends in -1.
                index = pfm_get_event_next(index)
            }
            return events
        }
    }

    /// The unit masks and modifiers of an event.
    public func attributes(of event: EventInfo) -> [AttributeModel] {
        Self.state.withLock { _ in
            (0..<event.attributeCount).compactMap { Self.attributeInformation($0, of: event.index) }
        }
    }

    /// Call with the lock held, as the next three.
    static func pmuInformation(_ id: pfm_pmu_t) -> PMUInfo? {
        var information = pfm_pmu_info_t()
        information.size = MemoryLayout<pfm_pmu_info_t>.size
        guard pfm_get_pmu_info(id, &information) == PFM_SUCCESS else { return nil }
        let kind: PMUInfo.Kind =
            switch information.type {
            case PFM_PMU_TYPE_CORE: .core
            case PFM_PMU_TYPE_UNCORE: .uncore
            case PFM_PMU_TYPE_OS_GENERIC: .operatingSystem
            default: .unknown
            }
        return PMUInfo(
            id: id.rawValue, name: text(information.name), summary: text(information.desc), kind: kind,
            isPresent: information.is_present == 1, events: Int(information.nevents),
            generalCounters: Int(information.num_cntrs), fixedCounters: Int(information.num_fixed_cntrs),
            firstEvent: information.first_event)
    }

    static func pmuInformation(ofEvent index: Int32) -> PMUInfo? {
        var information = pfm_event_info_t()
        information.size = MemoryLayout<pfm_event_info_t>.size
        guard pfm_get_event_info(index, PFM_OS_PERF_EVENT, &information) == PFM_SUCCESS else { return nil }
        return pmuInformation(information.pmu)
    }

    private static func eventInformation(_ index: Int32, pmu: String) -> EventInfo? {
        var information = pfm_event_info_t()
        information.size = MemoryLayout<pfm_event_info_t>.size
        guard pfm_get_event_info(index, PFM_OS_PERF_EVENT, &information) == PFM_SUCCESS else { return nil }
        return EventInfo(
            name: text(information.name), summary: text(information.desc), pmu: pmu, code: information.code,
            equivalent: information.equiv.map { String(cString: $0) }, index: index,
            attributeCount: information.nattrs)
    }

    private static func attributeInformation(_ attribute: Int32, of event: Int32) -> AttributeModel? {
        var information = pfm_event_attr_info_t()
        information.size = MemoryLayout<pfm_event_attr_info_t>.size
        guard pfm_get_event_attr_info(event, attribute, PFM_OS_PERF_EVENT, &information) == PFM_SUCCESS else {
            return nil
        }
        let kind: AttributeModel.Kind =
            switch information.type {
            case PFM_ATTR_UMASK: .unitMask
            case PFM_ATTR_MOD_BOOL: .boolean
            case PFM_ATTR_MOD_INTEGER: .integer
            default: .other
            }
        return AttributeModel(
            name: text(information.name), summary: text(information.desc), kind: kind, code: information.code,
            isDefault: information.is_dfl == 1)
    }

    private static func text(_ pointer: UnsafePointer<CChar>?) -> String {
        pointer.map { String(cString: $0) } ?? ""
    }
}
