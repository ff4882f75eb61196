import Measurement

/// From observations to findings: each rule in order.
enum Attribution {
    /// What a fault is about. A reproduced one about counts silences the later ones that are, unless it sets its own runs
    /// apart (``AttributionRule/explains``); the others stand beside each other.
    enum Subject {
        /// Who has the counters.
        case availability
        case counts
        /// When interrupts come.
        case interrupts
        /// What shows in runs of its own only.
        case conditions
    }

    static func subject(of fault: Fault) -> Subject {
        switch fault {
        case .starvedCounter: .availability
        case .lostPMI, .latePMI, .duplicatePMI: .interrupts
        case .checkpointLoss, .migrationLoss, .periodIgnored, .rdpmcDisagrees: .conditions
        default: .counts
        }
    }

    static func findings(for evidence: Evidence) -> [Finding] {
        var observations = Observations(evidence)
        var findings: [Finding] = []
        var countsAreExplained = false
        // What shows under a condition says nothing of the counts of the four arms, whatever it is called.
        let rules =
            AttributionRule.ofArms.map { (rule: $0, isAboutCounts: subject(of: $0.fault) == .counts) }
            + AttributionRule.conditional.map { (rule: $0, isAboutCounts: false) }
            + [(rule: .unexplained, isAboutCounts: true)]
        for (rule, isAboutCounts) in rules {
            if isAboutCounts, countsAreExplained { continue }
            if findings.contains(where: { $0.fault == rule.fault }) { continue }
            guard let finding = rule.finding(in: observations) else { continue }
            findings.append(finding)
            // Each run under a condition is claimed by one rule.
            let claimed = rule.runs(observations).filter { $0.condition != nil }
            if !claimed.isEmpty { observations = Observations(observations.evidence.without(conditional: claimed)) }
            guard isAboutCounts else { continue }
            if let explains = rule.explains?(observations) {
                observations = Observations(observations.evidence.without(explains))
                // Where every run counts something else than it should, or nothing, there is nothing to judge by.
                if observations.evidence.undisturbed.isEmpty { break }
            } else if finding.isReproduced {
                countsAreExplained = true
            } else {
                // What was seen once must not hide what is seen again and again.
                let once = rule.runs(observations)
                observations = Observations(observations.evidence.without { once.contains($0) })
            }
        }
        // What is not to be had says least, and is read last.
        return findings.filter { subject(of: $0.fault) != .availability }
            + findings.filter { subject(of: $0.fault) == .availability }
    }
}

extension Evidence {
    /// The same without some of the runs under conditions.
    func without(conditional claimed: [RunRecord]) -> Evidence {
        Evidence(
            runs: undisturbed + disturbed + control + conditional.filter { !claimed.contains($0) }, source: source,
            refusals: refusals, skidLimit: skidLimit)
    }

    /// The same without some of the undisturbed runs.
    func without(_ isExplained: (RunRecord) -> Bool) -> Evidence {
        Evidence(
            runs: undisturbed.filter { !isExplained($0) } + disturbed + control + conditional, source: source,
            refusals: refusals, skidLimit: skidLimit)
    }
}
