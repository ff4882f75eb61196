import Measurement

/// Question: would truecount see a loss if there were one? Method: the positive control. At each PMI the program is
/// stopped, counter and sampler are really disabled by the kernel, the program is single-stepped over a known number of
/// branches, and both are enabled again. Nothing of this is arithmetic on results. Beside each such run there is a twin
/// that is stopped in the same way but loses nothing: what it lacks is this machine's own doing. Expected: both totals
/// lower than the twin's by exactly what was passed, and the ledger by one portion more at each PMI. Verdict rule:
/// anything else is a failed control, and a tool that cannot see a planted fault has no right to say "accurate".
struct PlantedLossControl: Probe {
    let id = "planted-loss-control"
    let question = "Would a loss at each PMI be seen, to the last branch?"
    let title = "planted loss found"

    func plans(_ schedule: Schedule, round: Int, using generator: inout SeededGenerator) -> [RunPlan] {
        guard round == 0 else { return [] }
        return schedule.controlSettings.flatMap { setting in
            ([0] + schedule.plantedLosses.filter { $0 < setting.period / 2 }).map { loss in
                plan(setting, .besideSameEvent, cpu: schedule.cpu, plantedLoss: loss)
            }
        }
    }

    func conclude(_ evidence: Evidence) -> ProbeConclusion {
        let usable = evidence.control.filter { !$0.isDisturbed }
        let disturbed = evidence.control.count - usable.count
        let planted = usable.filter { $0.planted?.perPMI != 0 }
        if let nothing = tooLittle(planted, disturbed: disturbed) { return nothing }
        let found = planted.filter { run in
            usable.contains { Self.isTwin($0, of: run) && Self.isFound(run, beside: $0) }
        }
        if found.count == planted.count {
            let portions = Set(planted.compactMap(\.planted?.perPMI)).sorted().map { "\($0) of \($0)" }
            return ProbeConclusion(
                outcome: .clean, answer: "yes, \(portions.joined(separator: ", "))", runs: planted,
                disturbedRuns: disturbed)
        }
        return ProbeConclusion(
            outcome: .inconclusive,
            answer:
                "no: \(planted.count - found.count) of \(planted.count) runs show another loss than the planted one",
            runs: planted, disturbedRuns: disturbed)
    }

    private static func isTwin(_ twin: RunRecord, of run: RunRecord) -> Bool {
        twin.planted?.perPMI == 0 && twin.workload == run.workload && twin.iterations == run.iterations
            && twin.period == run.period
    }

    /// Whether a run shows the loss that was planted in it, in both totals and in every row of the ledger.
    static func isFound(_ run: RunRecord, beside twin: RunRecord) -> Bool {
        guard let planted = run.planted, planted.total > 0, planted.pmis == run.pmis, run.ledger.count == run.pmis,
            let samplerLoss = run.samplerDeviation, let twinSamplerLoss = twin.samplerDeviation
        else { return false }
        let total = Int64(bitPattern: planted.total)
        guard run.deviation - twin.deviation == total, samplerLoss - twinSamplerLoss == total else { return false }
        // The sample of a PMI is taken before the loss that is planted at it.
        return zip(run.ledger, twin.ledger).allSatisfy { row, twinRow in
            guard let loss = row.lossSoFar, let twinLoss = twinRow.lossSoFar else { return true }
            return loss - twinLoss == Int64(bitPattern: planted.perPMI * (row.index - 1))
        }
    }
}
