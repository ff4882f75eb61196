import Measurement

/// What the runs under conditions show beyond what the four arms explain.
struct ConditionObservations {
    /// Undisturbed runs under a condition.
    let runs: [RunRecord]
    /// Whether the four arms alone are exact. If not, a deviation under a condition is nothing of its own.
    let ordinaryIsExact: Bool
    /// Whether each of their overflows had its PMI.
    let ordinaryHasAllPMIs: Bool
    /// Below it two overflows may share a PMI.
    let shortestUnambiguousPeriod: UInt64

    init(_ evidence: Evidence) { self.init(Observations(evidence)) }

    init(_ observations: Observations) {
        let evidence = observations.evidence
        runs = evidence.conditional.filter { !$0.isDisturbed }
        ordinaryIsExact =
            observations.inexactUninterrupted.isEmpty && observations.samplerDeviates.isEmpty
            && observations.bystanderDeviates.isEmpty
        ordinaryHasAllPMIs = observations.missingPMIs.isEmpty
        // Looking at all ledgers once more is worth it only where a PMI is missing.
        let isAsked = runs.contains { $0.mustHaveAllPMIs && ($0.missingPMIs ?? 0) > 0 }
        shortestUnambiguousPeriod = isAsked ? Observations.shortestUnambiguousPeriod(evidence) : 0
    }

    /// Runs of those kinds in which PMIs are missing, and only there.
    func missingPMIs(in kinds: Set<Condition.Kind>) -> [RunRecord] {
        guard ordinaryHasAllPMIs else { return [] }
        return runs(in: kinds).filter { run in
            run.mustHaveAllPMIs && (run.missingPMIs ?? 0) > 0 && (run.period ?? 0) >= shortestUnambiguousPeriod
        }
    }

    func runs(in kinds: Set<Condition.Kind>) -> [RunRecord] {
        runs.filter { run in run.condition.map { kinds.contains($0.kind) } ?? false }
    }

    /// Runs that count wrongly while the four arms count right.
    var inexact: [RunRecord] { ordinaryIsExact ? runs.filter(\.isInexactInCondition) : [] }

    /// All that is worth a repetition.
    var deviating: [RunRecord] {
        let inexact = inexact
        return inexact
            + (missingPMIs(in: [.migration, .periodChange]) + runs.filter(\.userSpaceDisagrees)).filter {
                !inexact.contains($0)
            }
    }
}

extension Evidence {
    /// The same without those runs under conditions that show no more than the four arms do. It is decided here, once,
    /// on all the runs: a rule that has explained some of them judges by what is left.
    var withoutEchoes: Evidence {
        guard conditional.contains(where: \.isSuspicious) else { return self }
        let seen = ConditionObservations(self)
        let own = conditional.filter { run in
            (seen.ordinaryIsExact || !run.isInexactInCondition)
                && (seen.ordinaryHasAllPMIs || (run.missingPMIs ?? 0) <= 0)
        }
        guard own.count < conditional.count else { return self }
        return Evidence(
            runs: undisturbed + disturbed + control + own, source: source, refusals: refusals, skidLimit: skidLimit)
    }
}

extension RunRecord {
    /// Kinds of runs that ask whether each overflow has its PMI.
    var mustHaveAllPMIs: Bool { condition?.kind == .migration || condition?.kind == .periodChange }

    /// The first deviation there is: the counter's, or the sampler's beside it.
    var firstDeviation: Int64 { deviation != 0 ? deviation : arm.samples ? samplerDeficit ?? 0 : 0 }

    var isInexactInCondition: Bool {
        // A checkpointed event that counts nothing is not supported here (rr check_for_kvm_in_txcp_bug).
        if condition?.kind == .checkpointed, counted == 0 { return false }
        if firstDeviation != 0 { return true }
        if timeline?.contains(where: { $0.lossSoFar != 0 }) == true { return true }
        // The registers of a precise sample are not of the moment at which its count was read.
        return condition?.kind != .precise && ledger.contains { ($0.lossSoFar ?? 0) != 0 }
    }

    /// Whether any rule may have something to say of it. Most diagnoses have no such run.
    var isSuspicious: Bool {
        isInexactInCondition || userSpaceDisagrees || (mustHaveAllPMIs && (missingPMIs ?? 0) > 0)
    }

    var userSpaceDisagrees: Bool { userSpaceReadings?.contains { !$0.agrees } ?? false }
}
