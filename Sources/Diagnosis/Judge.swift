import Measurement

/// From evidence to findings: each fault's signature in turn, most basic first. The one place where runs are judged; what
/// probes and the verdict say follows from the findings.
enum Judge {
    static func findings(_ evidence: Evidence) -> [Finding] {
        var session = JudgingSession(evidence)
        session.judgeArms()
        session.judgeConditions()
        let findings = session.shown.map(\.finding)
        // Who has the counters says least, and is read last.
        return findings.filter { $0.fault != .starvedCounter } + findings.filter { $0.fault == .starvedCounter }
    }
}

private struct JudgingSession {
    struct Entry {
        let known: KnownFault
        var finding: Finding
        /// Runs that this fault alone sets apart, as its signature said.
        let setsApart: (@Sendable (Run) -> Bool)?
    }

    let evidence: Evidence
    /// The same without the runs that were explained.
    private var left: Evidence
    private(set) var shown: [Entry] = []
    /// Faults that the arms do not tell of, for want of evidence.
    private var undecided: [(known: KnownFault, needs: [EvidenceNeed])] = []

    init(_ evidence: Evidence) {
        self.evidence = evidence
        left = evidence
    }

    // MARK: The four arms

    mutating func judgeArms() {
        var scene = Scene(left)
        var countsAreExplained = false
        for known in KnownFault.all {
            if known.subject == .counts, countsAreExplained { continue }
            guard let found = ask(known, scene) else { continue }
            let finding = finding(known, found, scene)
            shown.append(Entry(known: known, finding: finding, setsApart: found.setsApart))
            guard known.subject == .counts else { continue }
            if let isItsOwn = found.setsApart {
                left = left.without(isItsOwn)
                // Where every run counts something else than it should, or nothing, there is nothing to judge by.
                if left.undisturbed.isEmpty { break }
            } else if finding.isReproduced {
                countsAreExplained = true
                continue
            } else {
                // What was seen once must not hide what is seen again and again.
                let once = Set(finding.runs)
                left = left.without { once.contains($0.index) }
            }
            scene = Scene(left)
        }
        claimTheRest()
    }

    private mutating func ask(_ known: KnownFault, _ scene: Scene) -> Signature.Shown? {
        let missing = known.needs.filter { !$0.isMet(by: scene) }
        guard missing.isEmpty else {
            if scene.condition == nil { undecided.append((known, missing)) }
            return nil
        }
        switch known.signature(scene) {
        case .shown(let shown): return shown
        case .notShown: return nil
        case .cannotTell(let needs):
            undecided.append((known, needs))
            return nil
        }
    }

    /// Runs of the arms that deviate and are explained by a fault of all counts, or set apart, are that fault's as well.
    private mutating func claimTheRest() {
        for index in shown.indices where shown[index].known.subject == .counts && shown[index].finding.isReproduced {
            let isItsOwn = shown[index].setsApart ?? { _ in true }
            let claimed = Set(shown.flatMap(\.finding.runs))
            let rest = evidence.undisturbed.filter {
                isUnexplained($0) && isItsOwn($0) && !claimed.contains($0.index)
            }
            shown[index].finding.runs += rest.map(\.index)
        }
    }

    private func isUnexplained(_ run: Run) -> Bool {
        run.record.deviates || (run.record.hasPositions && (run.record.ledger?.deviating ?? 0) > 0)
    }

    // MARK: Conditions

    /// What shows under a condition is judged by what the arms do not show already.
    mutating func judgeConditions() {
        let suspicious = evidence.conditional.filter { !$0.record.isDisturbed && $0.record.isSuspicious }
        guard !suspicious.isEmpty else { return }
        let ofArms = shown
        var own: [Condition.Kind: [Run]] = [:]
        var kinds: [Condition.Kind] = []
        for run in suspicious {
            guard let kind = run.record.condition?.kind else { continue }
            if let index = ofArms.firstIndex(where: { explains($0, run) }) {
                shown[index].finding.runs.append(run.index)
            } else {
                if own[kind] == nil { kinds.append(kind) }
                own[kind, default: []].append(run)
            }
        }
        for kind in kinds { judge(kind, own[kind] ?? []) }
    }

    private func explains(_ entry: Entry, _ run: Run) -> Bool {
        guard entry.finding.isReproduced else { return false }
        switch entry.known.subject {
        case .counts:
            // Where no run of the arms is left, there is nothing that a condition could be held against.
            let isItsOwn = left.undisturbed.isEmpty ? nil : entry.setsApart
            return run.record.isInexact && (isItsOwn.map { $0(run) } ?? true)
        case .interrupts: return !run.record.isInexact && (run.record.missingPMIs ?? 0) != 0
        case .availability, .readings: return false
        }
    }

    private mutating func judge(_ kind: Condition.Kind, _ suspicious: [Run]) {
        let ids = Set(suspicious.map(\.index))
        // Runs under this condition that show nothing are as telling.
        var runs = evidence.runs(under: kind).filter {
            !$0.record.isDisturbed && (!$0.record.isSuspicious || ids.contains($0.index))
        }
        for known in KnownFault.all where known.conditions.contains(kind) {
            let scene = Scene(kind, evidence, runs)
            guard runs.contains(where: { ids.contains($0.index) }), let found = ask(known, scene) else { continue }
            take(known, found, scene)
            // Each run is claimed by one fault.
            let claimed = Set(found.runs.map(\.index))
            runs.removeAll { claimed.contains($0.index) }
        }
    }

    private mutating func take(_ known: KnownFault, _ found: Signature.Shown, _ scene: Scene) {
        let finding = finding(known, found, scene)
        guard let index = shown.firstIndex(where: { $0.known.fault == known.fault }) else {
            shown.append(Entry(known: known, finding: finding, setsApart: nil))
            return
        }
        let isReproduced = Set(shown[index].finding.runs + finding.runs).count >= 2
        shown[index].finding.runs += finding.runs
        shown[index].finding.evidence += finding.evidence
        shown[index].finding.isReproduced = shown[index].finding.isReproduced || isReproduced
    }

    // MARK: Findings

    private func finding(_ known: KnownFault, _ found: Signature.Shown, _ scene: Scene) -> Finding {
        let excluded = found.alternatives.filter { $0.runs > 0 }.map {
            ExcludedAlternative(alternative: $0.name, because: $0.because, runs: $0.runs)
        }
        var notMeasured = found.alternatives.filter { $0.runs == 0 }.map {
            UnmeasuredAlternative(alternative: $0.name, because: $0.missing.because, command: $0.missing.command)
        }
        if known.fault == .unexplained {
            notMeasured += undecided.map { known, needs in
                UnmeasuredAlternative(
                    alternative: known.fault.rawValue, because: needs.map(\.isMissing).joined(separator: "; "),
                    command: needs.first?.command ?? "truecount diagnose")
            }
        }
        return Finding(
            fault: known.fault, per: found.per, direction: found.direction, size: found.size,
            frequency: found.frequency, mechanism: found.mechanism, advice: found.advice ?? known.advice.general,
            evidence: found.evidence, excluded: excluded, notMeasured: notMeasured, runs: found.runs.map(\.index),
            isReproduced: found.runs.count >= 2)
    }
}
