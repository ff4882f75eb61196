/// How rare a fault of one kind may be for a plan to find it, by formula and by simulated diagnoses.
public struct PowerRow: Codable, Sendable, Hashable {
    /// Simulated diagnoses of a PMU with that fault, each with a seed of its own.
    public struct Trials: Codable, Sendable, Hashable {
        /// The fault struck one occasion in so many.
        public var oneIn: UInt64
        /// The probability of finding it, by formula.
        public var predicted: Double
        public var made: Int
        /// Those with a finding: it was seen once at least.
        public var found: Int
        /// Those of them whose verdict was faulty: it was seen again.
        public var calledFaulty: Int

        /// The number found that the formula makes likely: outside of it one series in 10,000 ends at either side.
        public var likely: ClosedRange<Int> { Binomial.interval(trials: made, probability: predicted) }
        public var agrees: Bool { likely.contains(found) }
    }

    public var id: String
    public var title: String
    public var unit: String
    /// Occasions of the whole plan, over the runs that can show the fault.
    public var occasions: UInt64
    /// Found with the plan's certainty at one occasion in so many; absent where no run can show it.
    public var rarest: UInt64?
    /// At every occasion: the smallest loss there is.
    public var atEvery: Trials?
    /// At ``rarest``.
    public var atRarest: Trials?
    /// Where the formula says one half: there a wrong formula shows.
    public var atHalf: Trials?
}

extension PowerSubject {
    /// - Parameters:
    ///   - certainty: of finding, above one half and below 1.
    ///   - trials: simulated diagnoses at each of two rates.
    ///   - diagnose: diagnoses a simulated PMU with these parameters and each of these seeds.
    public func row(
        certainty: Double, trials: Int, diagnose: (_ parameters: String, _ seeds: Range<UInt64>) -> [DiagnosisResult]
    ) -> PowerRow {
        let always = diagnose(always, 1..<2)
        let estimate = estimate(always.first?.runs ?? [])
        var row = PowerRow(id: id, title: title, unit: unit, occasions: estimate.occasions)
        row.rarest = estimate.rarest(certainty: certainty)
        guard trials > 0, let rarest = row.rarest, let half = estimate.rarest(certainty: 0.5) else { return row }
        func made(_ parameters: String, at oneIn: UInt64, from seed: UInt64) -> PowerRow.Trials {
            let results = diagnose(parameters, seed..<seed + UInt64(trials))
            return PowerRow.Trials(
                oneIn: oneIn, predicted: 1 - estimate.missProbability(oneIn: oneIn), made: results.count,
                found: results.count { !$0.findings.isEmpty }, calledFaulty: results.count { $0.verdict == .faulty })
        }
        row.atEvery = made(self.always, at: 1, from: 1)
        row.atRarest = made(rare(rarest), at: rarest, from: 1)
        row.atHalf = made(rare(half), at: half, from: 1_000_000)
        return row
    }
}

/// Exact binomial probabilities, by recursion.
enum Binomial {
    /// The smallest and the largest number of hits that are not in the outer 1/10,000 of either side.
    static func interval(trials: Int, probability: Double, tail: Double = 1e-4) -> ClosedRange<Int> {
        guard trials > 0, probability > 0 else { return 0...0 }
        guard probability < 1 else { return trials...trials }
        let terms = terms(trials: trials, probability: probability)
        var (low, high) = (0, trials)
        var below = 0.0
        while low < trials, below + terms[low] <= tail {
            below += terms[low]
            low += 1
        }
        var above = 0.0
        while high > low, above + terms[high] <= tail {
            above += terms[high]
            high -= 1
        }
        return low...high
    }

    /// Probabilities of 0 to `trials` hits. From the most likely number outwards, because the ends may be too small
    /// for a Double to begin with.
    private static func terms(trials: Int, probability: Double) -> [Double] {
        let mode = min(trials, Int(Double(trials + 1) * probability))
        let odds = probability / (1 - probability)
        var terms = [Double](repeating: 0, count: trials + 1)
        terms[mode] = 1
        for hits in stride(from: mode + 1, through: trials, by: 1) {
            terms[hits] = terms[hits - 1] * odds * Double(trials - hits + 1) / Double(hits)
        }
        for hits in stride(from: mode - 1, through: 0, by: -1) {
            terms[hits] = terms[hits + 1] / odds * Double(hits + 1) / Double(trials - hits)
        }
        let sum = terms.reduce(0, +)
        return terms.map { $0 / sum }
    }
}
