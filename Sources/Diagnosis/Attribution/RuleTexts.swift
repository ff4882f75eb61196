import Measurement

// What several rules say alike.

func undisturbed(_ observations: Observations) -> ExcludedAlternative {
    ExcludedAlternative(
        alternative: "throttling, multiplexing, lost records",
        because:
            "none of these runs has a THROTTLE or LOST record, and every event was on a counter all the time it was enabled"
    )
}

let noPMI = ExcludedAlternative(
    alternative: "a fault of the PMI", because: "no counter was programmed to interrupt in the uninterrupted runs")

func exactText(_ observations: Observations) -> String {
    let runs = observations.evidence.uninterrupted
    let foreign = observations.foreignWindows.count
    return foreign == 0
        ? "all \(runs.count) runs without a PMI of their own are exact"
        : "\(runs.count - foreign) of \(runs.count) runs without a PMI of their own are exact, the others low by no more than one window"
}

func deficitEvidence(_ observations: Observations, _ runs: [RunRecord]) -> [String] {
    var lines = ["\(runs.count) of \(observations.evidence.interrupted.count) interrupted runs deviate"]
    let points = observations.evidence.interrupted.compactMap { run in
        run.samplerDeficit.map { (x: Double(run.pmis), y: Double($0)) }
    }
    if let line = Statistics.line(through: points) {
        lines.append(
            "deficit over PMIs: slope \(decimal(line.slope)) per PMI, intercept \(decimal(line.intercept)) per run")
    }
    if !observations.interiorLosses.isEmpty {
        lines.append(
            "ledger: from one PMI to the next \(rangeText(observations.interiorLosses)) lost, \(observations.interiorLosses.count) PMIs"
        )
    }
    return lines
}

/// "the first: locked, expected 4000, counted 4187".
func firstText(_ runs: [RunRecord]) -> [String] {
    runs.prefix(1).map { "the first: \($0.workload), expected \($0.expected), counted \($0.counted)" }
}

/// "10" or "0 to 10 (median 9)".
func rangeText(_ sorted: [Int64]) -> String {
    guard let low = sorted.first, let high = sorted.last, let median = Statistics.median(of: sorted) else {
        return "some"
    }
    return low == high ? "\(low)" : "\(low) to \(high) (median \(median))"
}

/// Two decimals, without Foundation.
func decimal(_ value: Double) -> String {
    let hundredths = (value * 100).rounded()
    guard hundredths.magnitude < 9e15 else { return "\(value)" }
    let whole = Int64(hundredths.magnitude)
    let fraction = whole % 100
    return "\(hundredths < 0 ? "-" : "")\(whole / 100).\(fraction < 10 ? "0" : "")\(fraction)"
}
