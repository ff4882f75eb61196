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
        let twins = usable.filter { $0.planted?.perPMI == 0 }
        let exact = planted.filter { run in twins.contains { Self.isTwin($0, of: run) && Self.isFound(run, beside: $0) }
        }
        // Only where no run is equal to its twin are the windows looked for that PMIs lose here by themselves.
        let windows = exact.count == planted.count ? nil : NaturalWindows(twins + evidence.ledgers)
        let found = planted.count { exact.contains($0) || windows?.isFound($0) == true }
        guard found == planted.count else {
            return ProbeConclusion(
                outcome: .inconclusive,
                answer: "no: \(planted.count - found) of \(planted.count) runs show another loss than the planted one",
                runs: planted, disturbedRuns: disturbed)
        }
        let portions = Set(planted.compactMap(\.planted?.perPMI)).sorted().map { "\($0) of \($0)" }
        let beside = windows.map { ", beside the \($0.range.lowerBound) to \($0.range.upperBound) of each PMI's own" }
        return ProbeConclusion(
            outcome: .clean, answer: "yes, \(portions.joined(separator: ", "))\(beside ?? "")", runs: planted,
            disturbedRuns: disturbed)
    }

    private static func isTwin(_ twin: RunRecord, of run: RunRecord) -> Bool {
        twin.workload == run.workload && twin.iterations == run.iterations && twin.period == run.period
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

/// What PMIs lose here by themselves, where it differs from one to the next, as a freeze's windows do: then no twin
/// loses the same as a run.
///
/// Behind the last PMI nothing but the planted portion can be lost, so there it is looked for to the last branch, on
/// both counters. Between two PMIs it is there beside a window of those that were seen.
struct NaturalWindows {
    /// Counts that one PMI loses, least and most.
    let range: ClosedRange<Int64>

    /// Nil where PMIs lose nothing, or gain: then a control has to be as exact as the rest.
    init?(_ runs: [RunRecord]) {
        let losses = runs.flatMap(\.lossesAtPMIs)
        guard let least = losses.min(), let most = losses.max(), least >= 0, most > least else { return nil }
        range = least...most
    }

    func isFound(_ run: RunRecord) -> Bool {
        guard let planted = run.planted, planted.pmis > 0, planted.total == planted.perPMI * planted.pmis,
            planted.pmis == run.pmis, run.ledger.count == run.pmis, run.samplerDeviation == run.deviation,
            let last = run.ledger.last?.lossSoFar
        else { return false }
        let portion = Int64(bitPattern: planted.perPMI)
        guard run.deviation - last == portion else { return false }
        let losses = run.lossesAtPMIs
        guard let first = losses.first, losses.count == run.ledger.count else { return false }
        return range.contains(first) && losses.dropFirst().allSatisfy { range.contains($0 - portion) }
    }
}

extension RunRecord {
    /// What each PMI lost, the first one's included; those next to a PMI of unknown position are left out.
    fileprivate var lossesAtPMIs: [Int64] {
        let losses = ledger.map(\.lossSoFar)
        return zip(losses, [0] + losses).compactMap { now, before in
            guard let now, let before else { return nil }
            return now - before
        }
    }
}
