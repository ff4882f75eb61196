import Measurement

/// What is known of one fault, or of one disturbance: the text behind `truecount explain`.
///
/// Plain sentences, each from a source that ``references`` names. Where a source only recalls or infers, the sentence
/// says so.
public struct FaultExplanation: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
        /// Counts, or interrupts, that are wrong.
        case fault
        /// A run of which nothing can be concluded.
        case disturbance
    }

    /// As findings and runs write it.
    public var slug: String
    public var kind: Kind
    /// One line, without a full stop.
    public var summary: String
    /// What goes on, a paragraph each.
    public var whatHappens: [String]
    public var since: String
    public var places: Places
    public var sighting: Sighting
    /// What a person should do, one step each.
    public var whatToDo: [String]
    public var mistakenFor: [Confusion]
    public var references: [Reference]

    /// Where it was met. What is absent is not known to matter.
    public struct Places: Codable, Sendable, Hashable {
        public var cpus: String?
        public var kernels: String?
        public var hypervisors: String?

        public init(cpus: String? = nil, kernels: String? = nil, hypervisors: String? = nil) {
            self.cpus = cpus
            self.kernels = kernels
            self.hypervisors = hypervisors
        }
    }

    /// How truecount sees it.
    public struct Sighting: Codable, Sendable, Hashable {
        /// Ids of the probes that ask for it.
        public var probes: [String]
        /// What has to be done in a run for it to show; absent where the four arms show it.
        public var condition: Condition?
        /// What the counts look like.
        public var signature: String

        public init(probes: [String], condition: Condition? = nil, signature: String) {
            self.probes = probes
            self.condition = condition
            self.signature = signature
        }
    }

    /// Another fault or disturbance that looks like it, and what tells the two apart.
    public struct Confusion: Codable, Sendable, Hashable {
        public var slug: String
        public var difference: String

        public init(_ slug: String, _ difference: String) {
            self.slug = slug
            self.difference = difference
        }
    }

    /// Where it can be read.
    public struct Reference: Codable, Sendable, Hashable {
        public var text: String
        public var url: String?

        public init(text: String, url: String? = nil) {
            self.text = text
            self.url = url
        }
    }
}

extension FaultExplanation {
    /// One for each ``Fault``, in its order, then one for each ``Disturbance``.
    public static let all: [FaultExplanation] =
        KnownFault.all.map { known in
            var explanation = known.explanation
            explanation.sighting.probes = ProbeRegistry.all.filter { $0.answers(known) }.map(\.id)
            return explanation
        } + ofDisturbances

    /// The explanation of a slug; nil for what is none.
    public static func of(slug: String) -> FaultExplanation? { all.first { $0.slug == slug } }
    /// Nil for a fault of a later version.
    public static func of(_ fault: Fault) -> FaultExplanation? { of(slug: fault.rawValue) }

    /// - Parameter signature: what the counts look like; the probes that show it are found by ``all``.
    init(
        _ fault: Fault, _ summary: String, happens: [String], since: String, places: Places,
        condition: Condition? = nil, signature: String, advice: [String], mistakenFor: [Confusion],
        references: [Reference]
    ) {
        self.init(
            slug: fault.rawValue, kind: .fault, summary: summary, whatHappens: happens, since: since, places: places,
            sighting: Sighting(probes: [], condition: condition, signature: signature), whatToDo: advice,
            mistakenFor: mistakenFor, references: references)
    }

    init(
        _ disturbance: Disturbance, _ summary: String, happens: [String], since: String, places: Places,
        signature: String, advice: [String], mistakenFor: [Confusion], references: [Reference]
    ) {
        self.init(
            slug: disturbance.rawValue, kind: .disturbance, summary: summary, whatHappens: happens, since: since,
            places: places, sighting: Sighting(probes: [], signature: signature), whatToDo: advice,
            mistakenFor: mistakenFor, references: references)
    }
}
