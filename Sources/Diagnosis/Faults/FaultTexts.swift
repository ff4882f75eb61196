import Measurement

// Sentences that several faults' files say alike.

extension Signature.Alternative {
    static func disturbance(_ runs: [Run]) -> Signature.Alternative {
        Signature.Alternative(
            "throttling, multiplexing, lost records",
            because:
                "none of these runs has a THROTTLE or LOST record, and every event was on a counter all the time",
            runs: runs.count, need: .totals)
    }

    static func noPMI(_ scene: Scene) -> Signature.Alternative {
        Signature.Alternative(
            "a fault of the PMI", because: "no counter was programmed to interrupt in the uninterrupted runs",
            runs: scene.evidence.uninterrupted.count, need: .uninterrupted)
    }

    static func inexactUninterrupted(_ scene: Scene) -> Signature.Alternative {
        let runs = scene.evidence.uninterrupted.count
        let foreign = scene.foreignWindows.count
        return Signature.Alternative(
            Fault.inexactUninterrupted.rawValue,
            because: foreign == 0
                ? "all \(runs) runs without a PMI of their own are exact"
                : "\(runs - foreign) of \(runs) runs without a PMI of their own are exact, the others low by no more than one skid",
            runs: runs, need: .uninterrupted)
    }

    /// SMIs, where some of the runs that gained counts could be asked about them, or that nobody can.
    static func smi(_ runs: [Run]) -> [Signature.Alternative] {
        let high = runs.filter { $0.record.firstDeviation < 0 }
        guard !high.isEmpty else { return [] }
        let known = high.compactMap(\.record.smis)
        guard !known.isEmpty else {
            return [
                Signature.Alternative(
                    unmeasured: Fault.smiSurplus.rawValue, because: "the number of SMIs cannot be read here",
                    command: VendorText.measuringSMIs.general)
            ]
        }
        return [
            Signature.Alternative(
                Fault.smiSurplus.rawValue,
                because: "\(known.count { $0 == 0 }) of \(known.count) runs that are high had no SMI",
                runs: known.count,
                need: .uninterrupted)
        ]
    }

    /// What shows under a condition alone.
    static func everyRun(_ scene: Scene) -> Signature.Alternative {
        let runs = scene.evidence.undisturbed.count
        return Signature.Alternative(
            "a fault that every run shows",
            because: "the \(runs) runs of the four arms are exact without this condition",
            runs: runs,
            need: .uninterrupted)
    }
}

/// How large deficits are, how they grow with PMIs, and where in the ledgers they arise.
func deficitEvidence(_ scene: Scene, _ runs: [Run]) -> [String] {
    var lines = ["\(runs.count) of \(scene.withPMIs.count) runs with PMIs deviate"]
    let points = scene.withPMIs.compactMap { run in
        run.record.samplerDeficit.map { (x: Double(run.record.pmis), y: Double($0)) }
    }
    if let line = Statistics.line(through: points) {
        let word = line.slope < 0 ? "surplus" : "deficit"
        lines.append(
            "\(word) over PMIs: \(EvidencePoints.text(slope: line.slope, intercept: line.intercept))"
        )
    }
    let losses = scene.losses
    for (part, word) in [(losses.filter { $0 > 0 }, "lost"), (losses.filter { $0 < 0 }.map { -$0 }, "gained")]
    where !part.isEmpty {
        lines.append(
            "ledger: \(rangeText(part)) \(word) at \(Figures.grouped(part.total)) of \(Figures.grouped(losses.total)) PMIs"
        )
    }
    return lines
}

/// What is said of runs under a condition.
func conditionEvidence(_ scene: Scene, _ runs: [Run]) -> [String] {
    guard let condition = scene.condition, let run = runs.first?.record else { return [] }
    let missing =
        run.missingPMIs.map {
            ", \(Figures.grouped(run.pmis)) PMIs, \(Figures.grouped(UInt64(max(0, $0)))) missing"
        } ?? ""
    return [
        "\(runs.count) of \(scene.runs.count) runs under the condition \(condition.rawValue) show it, and no run without it does",
        "the first: \(run.workload), arm \(run.arm.rawValue), expected \(Figures.grouped(run.expected)), counted \(Figures.grouped(run.counted))\(missing)",
    ]
}

/// "the first: locked, expected 4,000, counted 4,187".
func first(_ runs: [Run]) -> [String] {
    runs.prefix(1).map {
        "the first: \($0.record.workload), expected \(Figures.grouped($0.record.expected)), counted \(Figures.grouped($0.record.counted))"
    }
}

/// "10" or "0 to 10 (median 9)".
func rangeText(_ values: Histogram) -> String {
    guard let low = values.min, let high = values.max, let median = values.median else { return "some" }
    return low == high
        ? Figures.signed(low) : "\(Figures.signed(low)) to \(Figures.signed(high)) (median \(Figures.signed(median)))"
}
