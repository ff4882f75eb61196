import Measurement

/// One rule: if the observations look like this, it is that fault. Rules are tried in order, and a deviation that one
/// of them explains is not explained again by a later one.
struct AttributionRule: Sendable {
    let fault: Fault
    let unit: FaultUnit
    /// Where the signature is described.
    let reference: String
    /// The runs that show the fault; empty where the rule does not apply.
    let runs: @Sendable (Observations) -> [RunRecord]
    /// Losses (or PMIs) for each unit in those runs: deficits positive.
    let sizes: @Sendable (Observations, [RunRecord]) -> [Int64]
    let mechanism: @Sendable (Observations) -> String
    let advice: String
    let evidence: @Sendable (Observations, [RunRecord]) -> [String]
    let excluded: @Sendable (Observations) -> [ExcludedAlternative]
}

extension AttributionRule {
    func finding(in observations: Observations) -> Finding? {
        let showing = runs(observations)
        guard !showing.isEmpty else { return nil }
        let values = sizes(observations, showing).sorted()
        guard let low = values.first, let high = values.last, let median = Statistics.median(of: values) else {
            return nil
        }
        let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
        return Finding(
            fault: fault, per: unit, size: FaultSize(min: low, median: median, max: high, mean: mean),
            interval: Statistics.meanInterval(of: values), mechanism: mechanism(observations), advice: advice,
            evidence: evidence(observations, showing), excluded: excluded(observations), runsShowing: showing.count)
    }
}

/// Losses per PMI as the ledgers tell them, or where they cannot, each run's deficit divided by its PMIs.
func lossesPerPMI(_ observations: Observations, _ runs: [RunRecord]) -> [Int64] {
    let interior = runs.filter { $0.arm != .besideOtherEvent }.flatMap(\.interiorLosses)
    if !interior.isEmpty { return interior }
    return runs.filter { $0.pmis > 0 }.map { run in
        (run.samplerDeficit ?? run.deviation) / Int64(bitPattern: run.pmis)
    }
}
