import Measurement

/// "Will rr work on my system?", answered with the checks that rr itself makes, before it is installed.
///
/// A pure function of what is known of a machine: nothing is measured. rr's side is as of August 2026
/// (kernel-and-rr.md 2.3 and 2.4).
public struct RRReadiness: Codable, Sendable, Hashable {
    public enum Answer: String, Codable, Sendable, Hashable, CaseIterable {
        /// The check passes here.
        case yes
        /// It fails here, and rr ends or warns.
        case no
        /// It runs inside rr, and no file tells its outcome.
        case onlyRR = "only-rr"
        /// It depends on what the counter counts: `truecount diagnose` tells.
        case measure
        /// rr does not ask it on this machine.
        case notAsked = "not-asked"
    }

    /// One check of rr's.
    public struct Check: Codable, Sendable, Hashable {
        /// rr's function, or its words where it has none.
        public var name: String
        public var question: String
        public var answer: Answer
        /// Why, in one sentence.
        public var reason: String
    }

    /// What rr never looks at.
    public struct BlindSpot: Codable, Sendable, Hashable {
        public var sentence: String
        /// What is known of it on this machine, if anything.
        public var here: String?
        /// Whether what is known would spoil rr's recordings.
        public var spoilsRecordings: Bool
    }

    public enum Outlook: String, Codable, Sendable, Hashable, CaseIterable {
        /// A check of rr's fails.
        case no
        /// Every check that can be told passes, and yet something that rr does not look at spoils its recordings.
        case misled
        /// Nothing known is against it; the counts have to be measured.
        case open
    }

    /// What rr takes the CPU for; absent where rr does not know it.
    public var microarchitecture: RRMicroarchitecture?
    public var checks: [Check]
    public var blindSpots: [BlindSpot]
    public var outlook: Outlook
    /// The answer in a sentence or two.
    public var conclusion: String

    public init(_ machine: Machine) {
        let processor = machine.processor
        if let vendor = processor.vendor, let family = processor.family, let model = processor.model {
            microarchitecture = .of(family: family, model: model, vendor: vendor, coreType: processor.coreType)
        } else if let implementer = processor.implementer, let part = processor.part {
            microarchitecture = .of(implementer: implementer, part: part)
        }
        let facts = RRFacts(machine: machine, microarchitecture: microarchitecture)
        checks = RRCheckRule.all.map { rule in
            let (answer, reason) = rule.decide(facts)
            return Check(name: rule.name, question: rule.question, answer: answer, reason: reason)
        }
        blindSpots = RRBlindSpotRule.all.map { rule in
            let here = rule.here(facts)
            return BlindSpot(
                sentence: rule.sentence, here: here?.text, spoilsRecordings: here?.spoilsRecordings ?? false)
        }
        (outlook, conclusion) = Self.conclude(checks, blindSpots)
    }

    private static func conclude(_ checks: [Check], _ blindSpots: [BlindSpot]) -> (Outlook, String) {
        let failing = checks.filter { $0.answer == .no }
        if let first = failing.first {
            let more = failing.count > 1 ? " (and \(failing.count - 1) more)" : ""
            return (.no, "rr will not work here as it is: \(first.reason)\(more)")
        }
        if let spoiling = blindSpots.first(where: \.spoilsRecordings), let here = spoiling.here {
            return (
                .misled, "rr will start here, and its recordings will not replay: \(here) No check of rr's sees it."
            )
        }
        return (
            .open,
            "Nothing that is known stands against rr here. Whether the counts are exact, only measuring tells:"
                + " truecount diagnose."
        )
    }
}

/// What the checks decide on.
struct RRFacts: Sendable {
    let machine: Machine
    let microarchitecture: RRMicroarchitecture?

    var isIntel: Bool { machine.processor.vendor == "GenuineIntel" }
    var isZen: Bool { microarchitecture?.name.hasPrefix("AMD Zen") ?? false }
    var isArm: Bool { machine.processor.implementer != nil }
    var hypervisor: String? { machine.hypervisor.map { $0.name ?? "an unknown hypervisor" } }
    func hasFlag(_ flag: String) -> Bool { machine.processor.flags.contains(flag) }
    var hasTransactions: Bool { hasFlag("rtm") || hasFlag("hle") }
    var hasPMU: Bool { machine.corePMU != nil }
    var isHybrid: Bool { (machine.topology.coreTypes?.count ?? 0) > 1 }
}
