/// From observations to findings: each rule in order; one that speaks of counts silences the later ones that do.
enum Attribution {
    /// Faults about when interrupts come, and about who has the counters: they may stand beside one about counts.
    private static let besideCounts: Set<Fault> = [.lostPMI, .latePMI, .starvedCounter]

    static func findings(for evidence: Evidence) -> [Finding] {
        let observations = Observations(evidence)
        var findings: [Finding] = []
        for rule in AttributionRule.all {
            let isAboutCounts = !besideCounts.contains(rule.fault)
            if isAboutCounts, findings.contains(where: { !besideCounts.contains($0.fault) }) { continue }
            if let finding = rule.finding(in: observations) { findings.append(finding) }
        }
        return findings
    }
}
