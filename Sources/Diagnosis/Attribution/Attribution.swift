/// From observations to findings: each rule in order; one that speaks of counts silences the later ones that do.
enum Attribution {
    /// Faults about when interrupts come: they may stand beside one about counts.
    private static let aboutInterrupts: Set<Fault> = [.lostPMI, .latePMI]

    static func findings(for evidence: Evidence) -> [Finding] {
        let observations = Observations(evidence)
        var findings: [Finding] = []
        for rule in AttributionRule.all {
            let isAboutCounts = !aboutInterrupts.contains(rule.fault)
            if isAboutCounts, findings.contains(where: { !aboutInterrupts.contains($0.fault) }) { continue }
            if let finding = rule.finding(in: observations) { findings.append(finding) }
        }
        return findings
    }
}
