import Measurement

extension Probe {
    /// Question: would truecount see a loss if there were one? Method: the positive control. At each PMI the program is
    /// stopped, counter and sampler are really disabled by the kernel, the program is single-stepped over a known number of
    /// branches, and both are enabled again. Nothing of this is arithmetic on results. Beside each such run there is a twin
    /// that is stopped in the same way but loses nothing: what it lacks is this machine's own doing. Expected: both totals
    /// lower than the twin's by exactly what was passed, and the ledger by one portion more at each PMI. Verdict rule:
    /// anything else is a failed control, and a tool that cannot see a planted fault has no right to say "accurate".
    static let plantedLossControl = Probe(
        id: "planted-loss-control", question: "Would a loss at each PMI be seen, to the last branch?",
        title: "planted loss", isMandatory: true,
        plans: { schedule, round, _ in
            guard round == 0 else { return [] }
            return schedule.controlSettings.flatMap { run in
                ([0] + schedule.plantedLosses.filter { $0 < run.period / 2 }).map { loss in
                    plan("planted-loss-control", run, .besideSameEvent, schedule, plantedLoss: loss)
                }
            }
        },
        runs: { $0.control.filter { $0.record.planted?.perPMI != 0 } },
        // Its runs are meant to deviate.
        deviates: { _, _ in false },
        answer: { evidence, all in
            // Where no PMI came, nothing was planted: that is for the other probes to tell.
            let planted = all.filter { ($0.record.planted?.pmis ?? 0) > 0 }
            guard !planted.isEmpty else {
                return .notMeasured("no PMI came in \(Figures.counted(UInt64(all.count), "run")) of the control")
            }
            let twins = evidence.control.filter { $0.record.planted?.perPMI == 0 && !$0.record.isDisturbed }
            let natural = NaturalLoss(twins + evidence.ledgers)
            // Only where no run is equal to its twin is it asked what PMIs lose here by themselves.
            let unlike = planted.filter { run in
                !twins.contains { isTwin($0.record, of: run.record) && isFound(run.record, beside: $0.record) }
            }
            let lacking = unlike.count { natural?.isFound($0.record) != true }
            guard lacking == 0 else {
                return .failed(
                    "not found in \(lacking) of \(Figures.counted(UInt64(planted.count), "run")): another loss than the planted one"
                )
            }
            let portions = Set(planted.compactMap(\.record.planted?.perPMI)).sorted().map { "\($0) of \($0)" }
            return .clean("found: " + portions.joined(separator: ", ") + (unlike.isEmpty ? "" : natural?.text ?? ""))
        })

    private static func isTwin(_ twin: RunRecord, of run: RunRecord) -> Bool {
        twin.workload == run.workload && twin.iterations == run.iterations && twin.period == run.period
    }

    /// Whether a run shows the loss that was planted in it beside what its twin lost, in both totals and between the rows
    /// of the ledger.
    private static func isFound(_ run: RunRecord, beside twin: RunRecord) -> Bool {
        guard let planted = run.planted, planted.total > 0, planted.pmis == run.pmis, let ledger = run.ledger,
            ledger.rows == run.pmis, let samplerLoss = run.samplerDeviation, let twinLoss = twin.samplerDeviation,
            let twinLedger = twin.ledger
        else { return false }
        let total = Int64(bitPattern: planted.total)
        guard run.deviation - twin.deviation == total, samplerLoss - twinLoss == total else { return false }
        // The sample of a PMI is taken before the loss that is planted at it.
        let portion = Int64(bitPattern: planted.perPMI)
        return ledger.lossAtFirst == twinLedger.lossAtFirst
            && Set(ledger.losses.counts.keys.map { $0 - portion }).isSubset(of: twinLedger.losses.counts.keys)
    }
}

/// What PMIs lose or gain here by themselves, as the runs without a planted loss show it. Where it differs from one PMI to
/// the next, as a freeze's windows do, no twin loses the same as a run.
///
/// Where nothing is lost these ranges are 0, and the planted loss has to be there to the last branch.
struct NaturalLoss {
    /// At a PMI, and behind the last one of a run: least and most, on the counter that overflows.
    private let atPMI, behindLast: ClosedRange<Int64>
    /// What each PMI loses, where every run lost the same at each, and something. How much of it its own sample shows may
    /// differ even so.
    private let steady: Int64?
    private let bystander: Bystander

    private enum Bystander { case exact, asSampler, otherwise }

    /// - Parameter runs: of arms B and D, without a planted loss. Nil where none of them has a ledger.
    init?(_ runs: [Run]) {
        let ledgers = runs.compactMap { run -> (Ledger, Int64)? in
            guard let ledger = run.record.ledger, let deficit = run.record.samplerDeficit else { return nil }
            return (ledger, deficit)
        }
        // Some faults lose before the first sample is taken and some after it: what the first one lost, or nothing.
        let losses = ledgers.flatMap { $0.0.losses.counts.keys } + ledgers.compactMap(\.0.lossAtFirst)
        let tails = ledgers.compactMap { ledger, deficit in
            ledger.positions == ledger.rows ? ledger.lossAtLast.map { deficit - $0 } : nil
        }
        guard let atPMI = Self.range(losses), let behindLast = Self.range(tails) else { return nil }
        self.atPMI = atPMI
        self.behindLast = behindLast
        let means = Set(
            ledgers.filter { $0.0.rows > 0 }.map { ledger, deficit in
                deficit.quotientAndRemainder(dividingBy: Int64(bitPattern: ledger.rows))
            }.map { $0.remainder == 0 ? $0.quotient : nil })
        steady = means.count == 1 ? means.first.flatMap(\.self).flatMap { $0 == 0 ? nil : $0 } : nil
        let pairs = runs.filter { $0.record.samplerDeviation != nil }
        bystander =
            pairs.allSatisfy { $0.record.deviation == 0 }
            ? .exact : pairs.allSatisfy { $0.record.samplerDeviation == $0.record.deviation } ? .asSampler : .otherwise
    }

    private static func range(_ values: [Int64]) -> ClosedRange<Int64>? {
        values.min().flatMap { least in values.max().map { least...$0 } }
    }

    /// ", besides the 0 to 10 lost at each PMI"; nothing where nothing is.
    var text: String {
        let (low, high) = (atPMI.lowerBound, atPMI.upperBound)
        if low == 0, high == 0 { return "" }
        if high <= 0 { return ", besides the \(text(-high, -low)) gained at each PMI" }
        return low >= 0
            ? ", besides the \(text(low, high)) lost at each PMI" : ", besides what each PMI loses or gains"
    }

    private func text(_ low: Int64, _ high: Int64) -> String {
        low == high ? Figures.signed(low) : "\(Figures.signed(low)) to \(Figures.signed(high))"
    }

    /// Whether the planted loss is there beside what PMIs lose by themselves, on both counters.
    func isFound(_ run: RunRecord) -> Bool {
        guard let planted = run.planted, planted.pmis > 0, planted.total == planted.perPMI * planted.pmis,
            planted.pmis == run.pmis, let ledger = run.ledger, ledger.rows == run.pmis,
            let deficit = run.samplerDeviation
        else { return false }
        switch bystander {
        case .exact: guard run.deviation == Int64(bitPattern: planted.total) else { return false }
        case .asSampler: guard run.deviation == deficit else { return false }
        case .otherwise: return false
        }
        let (portion, pmis) = (Int64(bitPattern: planted.perPMI), Int64(bitPattern: planted.pmis))
        let natural = deficit - Int64(bitPattern: planted.total)
        if let steady {
            // In all to the last branch; a sample that shows nothing of its own PMI's loss leaves all of it to the next one.
            let bounds = 0...2 * Int128(steady.magnitude)
            return pmis > 0 && natural.quotientAndRemainder(dividingBy: pmis) == (steady, 0)
                && ledger.losses.counts.keys.allSatisfy {
                    bounds.contains((Int128($0) - Int128(portion)) * Int128(steady.signum()))
                }
        }
        guard ledger.losses.counts.keys.allSatisfy({ atPMI.contains($0 - portion) }) else { return false }
        guard let first = ledger.lossAtFirst, let last = ledger.lossAtLast, ledger.positions == ledger.rows else {
            // A PMI in the kernel has no position, and less of its window was user space's: up to nothing.
            return (pmis * min(0, atPMI.lowerBound)...pmis * max(0, atPMI.upperBound)).contains(natural)
        }
        return atPMI.contains(first) && behindLast.contains(deficit - last - portion)
    }
}
