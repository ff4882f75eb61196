import Measurement

/// One rule: if the observations look like this, it is that fault. Rules are tried in order; what one of them explains
/// is not explained again by a later one.
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
    /// How often what the fault is counted per happened in a run, where that is another number than that of `sizes`: the
    /// size is then the runs' deviation divided by it, which may be a fraction.
    var occasions: (@Sendable (RunRecord) -> UInt64)?
    /// Runs that this fault alone sets apart, so that the others can be judged without them. Nil where nothing is left
    /// to be judged of counts: then later rules that speak of counts are silent.
    var explains: (@Sendable (Observations) -> @Sendable (RunRecord) -> Bool)?
}

extension AttributionRule {
    func finding(in observations: Observations) -> Finding? {
        let showing = runs(observations)
        guard !showing.isEmpty, let (size, interval) = size(of: showing, in: observations) else { return nil }
        return Finding(
            fault: fault, per: unit, size: size, interval: interval, mechanism: mechanism(observations),
            advice: advice, evidence: evidence(observations, showing), excluded: excluded(observations),
            runsShowing: showing.count)
    }

    private func size(of showing: [RunRecord], in observations: Observations) -> (FaultSize, Interval?)? {
        if let occasions { return Self.rate(of: showing, per: occasions) }
        let values = sizes(observations, showing).sorted()
        guard let low = values.first, let high = values.last, let median = Statistics.median(of: values) else {
            return nil
        }
        let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
        return (FaultSize(min: low, median: median, max: high, mean: mean), Statistics.meanInterval(of: values))
    }

    /// A fault that strikes one occasion in many has a rate below 1: least and largest are then the integers around the
    /// runs' rates, and the mean is the rate itself.
    private static func rate(of showing: [RunRecord], per occasions: (RunRecord) -> UInt64) -> (FaultSize, Interval?)? {
        let counted = showing.map { (deviation: Double($0.readingDeviation), occasions: Double(occasions($0))) }
            .filter { $0.occasions > 0 }
        let rates = counted.map { $0.deviation / $0.occasions }.sorted()
        guard let low = rates.first, let high = rates.last else { return nil }
        let mean = counted.reduce(0) { $0 + $1.deviation } / counted.reduce(0) { $0 + $1.occasions }
        return (
            FaultSize(
                min: integer(low.rounded(.down)), median: integer(rates[(rates.count - 1) / 2].rounded()),
                max: integer(high.rounded(.up)), mean: mean),
            Statistics.meanInterval(ofRates: rates)
        )
    }

    private static func integer(_ value: Double) -> Int64 { Int64(exactly: value) ?? (value < 0 ? .min : .max) }
}

/// Losses per PMI as the ledgers tell them, or where they cannot, each run's deficit divided by its PMIs.
func lossesPerPMI(_ observations: Observations, _ runs: [RunRecord]) -> [Int64] {
    let interior = runs.filter { $0.arm != .besideOtherEvent }.flatMap(\.interiorLosses)
    if !interior.isEmpty { return interior }
    return runs.filter { $0.pmis > 0 }.map { run in
        (run.samplerDeficit ?? run.deviation) / Int64(bitPattern: run.pmis)
    }
}

extension RunRecord {
    /// The counter's deviation, or where it has none, the sampler's.
    var readingDeviation: Int64 { deviation != 0 ? deviation : samplerDeficit ?? 0 }
    /// Whether any total of the run is not what the closed form says.
    var deviates: Bool { deviation != 0 || (samplerDeficit ?? 0) != 0 }
}
