import Measurement

/// From probes and findings to the verdict. The first rule that applies decides.
enum VerdictRule {
    /// Why a probe was not asked that the person did not choose.
    static let leftOut = "left out by --probe"

    static func decide(
        source: CounterSource, findings: [Finding], probes: [ProbeResult], failure: MeasurementError?, interrupted: Bool
    ) -> (verdict: Verdict, reasons: [String]) {
        // A counter that is not to be had now is not a counter that is wrong.
        let starved = findings.filter { $0.fault == .starvedCounter }
        let findings = findings.filter { $0.fault != .starvedCounter }
        let reproduced = findings.filter(\.isReproduced)
        if !reproduced.isEmpty {
            let ended = failure.map { ["the diagnosis ended early: \($0)"] } ?? []
            return (.faulty, reproduced.map { "\($0.fault.rawValue): \($0.mechanism)" } + ended)
        }
        if let failure, failure.isUnsupported { return (.unsupported, [failure.description]) }

        var doubts: [String] = []
        if interrupted { doubts.append("interrupted before the end; this is what was known by then") }
        if let failure { doubts.append(failure.description) }
        doubts += starved.map { "\($0.fault.rawValue): \($0.mechanism)" }
        doubts += findings.map {
            "\($0.fault.rawValue) was seen in one run and not again when it was repeated; more runs tell (--thorough, --runs)"
        }
        doubts += probes.filter { $0.outcome == .inconclusive }.map { "\($0.id): \($0.reason)" }
        doubts += leftOpen(by: probes)
        if !doubts.isEmpty { return (.inconclusive, doubts) }

        switch source {
        case .breakpoint:
            return (
                .unsupported,
                [
                    "there is no core PMU here, so whether PMIs lose branches cannot be told",
                    "the kernel's perf core counted every breakpoint exactly",
                ]
            )
        case .hardware, .simulated:
            let pmis = probes.first { $0.id == PMITotals().id }?.pmis ?? 0
            let bound = Statistics.ruleOfThree(trials: pmis).map {
                ", so fewer than one in \(UInt64(1 / $0)) loses any (95 %)"
            }
            return (.accurate, ["every run is exact; \(pmis) PMIs lost nothing\(bound ?? "")"])
        }
    }

    /// What an accurate verdict rests on and nobody was to ask.
    private static func leftOpen(by probes: [ProbeResult]) -> [String] {
        let missing = probes.filter {
            ProbeDescription.arms.contains($0.id) && $0.outcome == .skipped && $0.reason == leftOut
        }
        return missing.isEmpty ? [] : ["not asked, by --probe: \(missing.map(\.id).joined(separator: ", "))"]
    }
}
