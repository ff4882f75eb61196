/// Every probe there is, in the order in which a person reads them.
enum ProbeRegistry {
    static let all: [any Probe] = [
        UninterruptedExactness(), PMITotals(), PMILedger(), BystanderExactness(), PMICount(), PlantedLossControl(),
    ]
}

/// A probe's name and question, as `truecount list probes` shows them.
public struct ProbeDescription: Codable, Sendable, Hashable {
    public var id: String
    public var question: String

    public static let all: [ProbeDescription] = ProbeRegistry.all.map {
        ProbeDescription(id: $0.id, question: $0.question)
    }
}
