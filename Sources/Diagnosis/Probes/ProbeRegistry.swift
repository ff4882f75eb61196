/// Every probe there is, in the order in which a person reads them.
enum ProbeRegistry {
    static let all: [Probe] =
        // The four arms, what their runs tell besides, what shows under a condition only, and last the one in which
        // truecount judges itself.
        Probe.ofArms + Probe.besides + Probe.underConditions + [.plantedLossControl]

    /// A deviation has to be held against every fault's signature, and those need all four arms: a probe that is asked
    /// alone brings them, and with them the probes that only read their runs.
    static func asked(for chosen: Set<String>) -> Set<String> {
        chosen.isEmpty ? Set(all.map(\.id)) : chosen.union((Probe.ofArms + Probe.besides).map(\.id))
    }
}

/// A probe's name and question, as `truecount list probes` shows them.
public struct ProbeDescription: Codable, Sendable, Hashable {
    public var id: String
    public var question: String

    public static let all: [ProbeDescription] = ProbeRegistry.all.map {
        ProbeDescription(id: $0.id, question: $0.question.general)
    }

    /// The ids of the probes without which no verdict is accurate: the four arms and the control.
    public static let arms: Set<String> = Set(ProbeRegistry.all.filter(\.isMandatory).map(\.id))
}
