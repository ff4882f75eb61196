import Measurement

/// Everything there is to know of one fault: how it shows, how large it is, how it comes about, what to do, and what it
/// is mistaken for. Every text about a fault comes from here, in any format.
struct KnownFault: Sendable {
    let fault: Fault
    let subject: Subject
    /// Evidence without which its signature tells nothing of the four arms.
    let needs: [EvidenceNeed]
    /// The conditions under which the same signature is looked for.
    let conditions: Conditions
    /// Ids of the probes of the four arms that show it; those under its conditions show it besides.
    let probes: [String]
    /// On which counters it shows, where its name says so by definition.
    let place: String?
    /// How it shows in runs: the one place that decides.
    let signature: @Sendable (Scene) -> Signature
    /// What a person should do next, in a sentence or two.
    let advice: VendorText
    let explanation: FaultExplanation

    typealias Places = FaultExplanation.Places
    typealias Confusion = FaultExplanation.Confusion
    typealias Reference = FaultExplanation.Reference

    /// What a fault is about. A reproduced one about counts explains the counts of the four arms, unless it sets its own
    /// runs apart; the others stand beside each other.
    enum Subject: Sendable {
        /// Who has the counters.
        case availability
        case counts
        /// Whether and when PMIs come.
        case interrupts
        /// What a reading by other means says.
        case readings
    }

    enum Conditions: Sendable {
        case none
        case these(Set<Condition.Kind>)
        case any

        func contains(_ kind: Condition.Kind) -> Bool {
            switch self {
            case .none: false
            case .these(let kinds): kinds.contains(kind)
            case .any: true
            }
        }
    }

    init(
        _ fault: Fault, _ subject: Subject = .counts, needs: [EvidenceNeed], under conditions: Conditions = .none,
        probes: [String] = [], place: String? = nil,
        signature: @escaping @Sendable (Scene) -> Signature, advice: VendorText,
        explanation: FaultExplanation
    ) {
        self.fault = fault
        self.subject = subject
        self.needs = needs
        self.conditions = conditions
        self.probes = probes
        self.place = place
        self.signature = signature
        self.advice = advice
        self.explanation = explanation
    }

    /// Most basic first: what shows without a PMI cannot be the PMI's doing, and what is left over comes last.
    static let all: [KnownFault] = [
        starvedCounter, deadCounter, countOffset, wrongEvent, smiSurplus, lockSurplus, cpuidLoss, checkpointLoss,
        kernelLeak, contextSwitchLoss, migrationLoss, periodIgnored, rdpmcDisagrees, inexactUninterrupted, freezeOnPMI,
        pmiDrop, pmiSurplus, lostPMI, latePMI, duplicatePMI, throttleJump, unexplained,
    ]

    static func of(_ fault: Fault) -> KnownFault? { all.first { $0.fault == fault } }
}

/// Runs that a signature cannot do without.
enum EvidenceNeed: Sendable, Hashable, CaseIterable {
    /// Runs without PMIs, arm A.
    case uninterrupted
    /// Counters beside a sampler, arms B and C.
    case bystanders
    /// Samplers of the counted event, arms B and D.
    case totals
    /// Ledgers with true positions.
    case ledgers

    func isMet(by scene: Scene) -> Bool {
        let evidence = scene.evidence
        return switch self {
        case .uninterrupted: !evidence.uninterrupted.isEmpty
        case .bystanders: !evidence.bystanders.isEmpty
        case .totals: evidence.withPMIs.contains { $0.record.samplerTotals != nil }
        case .ledgers: !evidence.ledgers.isEmpty
        }
    }

    /// "no counter ran beside a sampler".
    var isMissing: String {
        switch self {
        case .uninterrupted: "no undisturbed run was made without PMIs"
        case .bystanders: "no undisturbed counter ran beside a sampler"
        case .totals: "no undisturbed sampler of the event ran"
        case .ledgers: "no undisturbed run tells where the program was at its PMIs"
        }
    }

    var command: String {
        let probe =
            switch self {
            case .uninterrupted: "uninterrupted-exactness"
            case .bystanders: "bystander"
            case .totals: "pmi-totals"
            case .ledgers: "pmi-ledger"
            }
        return "truecount diagnose --probe \(probe)"
    }
}

/// What a signature says of the runs that it looked at.
enum Signature: Sendable {
    case shown(Shown)
    /// Runs were made in which it would show, and it does not.
    case notShown
    /// These runs do not tell, for want of this evidence.
    case cannotTell([EvidenceNeed])

    /// What the runs show.
    struct Shown: Sendable {
        var runs: [Run]
        var per: FaultUnit
        var direction: Direction
        /// Positive counts (or PMIs), where the fault struck.
        var size: FaultSize
        var frequency: Frequency
        var mechanism: String
        var evidence: [String]
        var alternatives: [Alternative]
        /// Where it is not the fault's own.
        var advice: String?
        /// Runs that this fault alone sets apart, so that the others can be judged without them. Nil where nothing is
        /// left to be judged of counts: then later signatures that speak of counts are not asked.
        var setsApart: (@Sendable (Run) -> Bool)?

        func settingApart(_ isItsOwn: @escaping @Sendable (Run) -> Bool) -> Shown {
            var shown = self
            shown.setsApart = isItsOwn
            return shown
        }
    }

    /// Another explanation: excluded by runs, or not for want of them.
    struct Alternative: Sendable {
        var name: String
        var because: String
        /// How many runs it rests on.
        var runs: Int
        /// Where there are none: what is missing, and the command that measures it.
        var missing: (because: String, command: String)

        init(_ name: String, because: String, runs: Int, need: EvidenceNeed) {
            self.name = name
            self.because = because
            self.runs = runs
            missing = (need.isMissing, need.command)
        }

        /// - Parameter reason: why nothing was measured against it here.
        init(unmeasured name: String, because reason: String, command: String) {
            self.name = name
            because = ""
            runs = 0
            missing = (reason, command)
        }
    }
}

extension Signature.Shown {
    /// A fault that strikes whole runs: sizes are those of the runs that show it, direction that of most of them.
    ///
    /// - Parameters:
    ///   - all: runs in which it would have shown.
    ///   - deviation: what a run lacks; negative where it has too much.
    init?(
        perRun runs: [Run], of all: Int, per unit: FaultUnit = .run,
        deviation: (Run) -> Int64 = { $0.record.firstDeviation },
        mechanism: String, evidence: [String], alternatives: [Signature.Alternative]
    ) {
        let deviations = runs.map(deviation).filter { $0 != 0 }
        guard !runs.isEmpty, let size = FaultSize(Histogram(deviations.map { Int64(clamping: $0.magnitude) })) else {
            return nil
        }
        let low = deviations.count { $0 > 0 }
        let mixed =
            low > 0 && low < deviations.count ? ["\(low) runs are low, \(deviations.count - low) are high"] : []
        self.init(
            runs: runs, per: unit, direction: 2 * low >= deviations.count ? .lost : .gained, size: size,
            frequency: Frequency(UInt64(runs.count), of: UInt64(all), per: unit), mechanism: mechanism,
            evidence: mixed + evidence, alternatives: alternatives)
    }

    /// PMIs that runs lack, each so many.
    init?(
        missingPMIs: [(run: Run, count: Int64)], of all: Int, mechanism: String, evidence: [String],
        alternatives: [Signature.Alternative]
    ) {
        guard let size = FaultSize(Histogram(missingPMIs.map(\.count))) else { return nil }
        self.init(
            runs: missingPMIs.map(\.run), per: .run, direction: .missing, size: size,
            frequency: Frequency(UInt64(missingPMIs.count), of: UInt64(all), per: .run), mechanism: mechanism,
            evidence: evidence, alternatives: alternatives)
    }

    /// A fault that strikes at single PMIs, as the ledgers have it; where no ledger tells, as the totals of runs do.
    ///
    /// - Parameter deficit: what a run's counter lacks.
    init?(
        perPMI runs: [Run], in scene: Scene, direction: Direction, deficit: (Run) -> Int64,
        mechanism: String, evidence: [String], alternatives: [Signature.Alternative]
    ) {
        let losses = scene.losses
        let struck = losses.filter { direction == .lost ? $0 > 0 : $0 < 0 }
        if let size = FaultSize(struck.map { Int64(clamping: $0.magnitude) }) {
            self.init(
                runs: runs, per: .pmi, direction: direction, size: size,
                frequency: Frequency(struck.total, of: losses.total, per: .pmi), mechanism: mechanism,
                evidence: evidence, alternatives: alternatives)
        } else {
            self.init(
                perRun: runs, of: scene.withPMIs.count, deviation: deficit, mechanism: mechanism, evidence: evidence,
                alternatives: alternatives)
        }
    }
}
