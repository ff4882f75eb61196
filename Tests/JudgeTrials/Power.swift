import Diagnosis
import Glibc
import Measurement

/// How rare a fault may be for a plan of runs to find it: probabilities from the number of occasions in its runs.
///
/// A fault that strikes one occasion in N, each by itself, spares all of n occasions with probability (1 - 1/N)^n. A
/// diagnosis finds it if it strikes once: a single branch in a single run is a finding. To call the machine faulty, it
/// has to see it again, which no formula here speaks of.
struct PowerEstimate: Sendable, Hashable {
    /// Occasions of the whole plan.
    var occasions: UInt64

    /// The probability that a fault of this rate is not found.
    /// - Parameter oneIn: at least 1.
    func missProbability(oneIn: UInt64) -> Double {
        guard occasions > 0 else { return 1 }
        return oneIn <= 1 ? 0 : exp(Double(occasions) * log1p(-1 / Double(oneIn)))
    }

    /// The largest N for which a fault at one occasion in N is found with this certainty; nil where there is no
    /// occasion.
    /// - Parameter certainty: above 0 and below 1.
    func rarest(certainty: Double) -> UInt64? {
        guard occasions > 0 else { return nil }
        var (low, high): (UInt64, UInt64) = (1, 2)
        // Misses grow with N: double until it is too rare, then halve the distance.
        while high < 1 << 62, missProbability(oneIn: high) <= 1 - certainty { (low, high) = (high, high * 2) }
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if missProbability(oneIn: middle) <= 1 - certainty { low = middle } else { high = middle }
        }
        return low
    }
}

/// A kind of fault whose rarity is asked for: how it is planted in a simulated PMU, and how often a run gives it the
/// chance to strike.
struct PowerSubject: Sendable {
    /// Stable; part of the report's format.
    let id: String
    /// What goes wrong once, as the end of "finds …".
    let title: String
    /// What the rate counts: "PMI", "locked instruction".
    let unit: String
    /// Parameters of a simulated PMU in which it strikes at every occasion, and as little as it can.
    let always: String
    /// The same at one occasion in N.
    let rare: @Sendable (UInt64) -> String
    /// What of a run in which it strikes always says how many occasions there were.
    let occasions: @Sendable (RunRecord) -> UInt64

    static let all: [PowerSubject] = [freeze, drop, lostPMI, lockSurplus, runSurplus, spurious]

    func estimate(_ runs: [RunRecord]) -> PowerEstimate {
        PowerEstimate(occasions: runs.filter(\.canShowFaults).reduce(0) { $0 + occasions($1) })
    }

    /// With a skid of 1, one branch is lost at each PMI that has a user branch in its window, and none at one whose
    /// window lies in the kernel: a longer skid loses more at the same PMIs.
    private static let freeze = PowerSubject(
        id: "freeze", title: "every counter loses a skid at one PMI in N", unit: "PMI",
        always: "freeze=overflow,skid=1",
        rare: { "freeze=overflow,freeze-one-in=\($0)" }, occasions: { $0.deviation.magnitude })

    private static let drop = PowerSubject(
        id: "drop", title: "the sampled counter loses 1 branch at one PMI in N", unit: "PMI", always: "drop=1",
        rare: { "drop=1,drop-one-in=\($0)" }, occasions: { $0.samplersOwnDeviation.magnitude })

    private static let lostPMI = PowerSubject(
        id: "lost-pmi", title: "one PMI in N never comes", unit: "PMI", always: "lost-pmi=1,after-lost-pmi=single",
        rare: { "lost-pmi=\($0),lost-pmi-random=yes,after-lost-pmi=single" },
        occasions: \.missingPMIs)

    private static let lockSurplus = PowerSubject(
        id: "lock", title: "1 branch too many at one locked instruction in N", unit: "locked instruction",
        always: "lock-surplus=1,lock-one-in=1", rare: { "lock-surplus=1,lock-one-in=\($0)" },
        occasions: { $0.deviation.magnitude })

    private static let runSurplus = PowerSubject(
        id: "run", title: "1 branch too many in one run in N", unit: "run", always: "run-surplus=1",
        rare: { "run-surplus=1,run-surplus-one-in=\($0)" }, occasions: { $0.deviation == 0 ? 0 : 1 })

    /// Each counter by itself, so a run with a bystander has twice the occasions.
    private static let spurious = PowerSubject(
        id: "count", title: "one branch in N is counted twice", unit: "branch", always: "spurious=1",
        rare: { "spurious=\($0)" },
        occasions: { $0.deviation.magnitude + ($0.samplerDeviation?.magnitude ?? 0) })
}

/// How rare a fault of one kind may be for a plan to find it, by formula and by simulated diagnoses.
struct PowerRow: Codable, Sendable, Hashable {
    /// Simulated diagnoses of a PMU with that fault, each with a seed of its own.
    struct Trials: Codable, Sendable, Hashable {
        /// The fault struck one occasion in so many.
        var oneIn: UInt64
        /// The probability of finding it, by formula.
        var predicted: Double
        var made: Int
        /// Those with a finding: it was seen once at least.
        var found: Int
        /// Those of them whose verdict was faulty: it was seen again.
        var calledFaulty: Int

        /// The number found that the formula makes likely: outside of it one series in 10,000 ends at either side.
        var likely: ClosedRange<Int> { Binomial.interval(trials: made, probability: predicted) }
        var agrees: Bool { likely.contains(found) }
    }

    var id: String
    var title: String
    var unit: String
    /// Occasions of the whole plan, over the runs that can show the fault.
    var occasions: UInt64
    /// Found with the plan's certainty at one occasion in so many; absent where no run can show it.
    var rarest: UInt64?
    /// At every occasion: the smallest loss there is.
    var atEvery: Trials?
    /// At ``rarest``.
    var atRarest: Trials?
    /// Where the formula says one half: there a wrong formula shows.
    var atHalf: Trials?
}

extension RunRecord {
    /// Deviation of the event that overflowed.
    fileprivate var samplersOwnDeviation: Int64 { arm == .samplerTotal ? deviation : samplerDeviation ?? 0 }

    /// Overflows that the workload's closed form calls for, and that no PMI came of.
    fileprivate var missingPMIs: UInt64 {
        guard let period, let total = arm == .samplerTotal ? expected : samplerExpected else { return 0 }
        return total / period > pmis ? total / period - pmis : 0
    }

    /// Whether a finding can rest on this run: one of the four arms, or one under a condition whose counts deviate, or in
    /// which each overflow must have its PMI. What was disturbed or planted proves nothing.
    fileprivate var canShowFaults: Bool {
        guard planted == nil, !isDisturbed else { return false }
        guard let kind = condition?.kind else { return true }
        return deviation != 0 || samplersOwnDeviation != 0 || kind == .migration || kind == .periodChange
    }
}

extension PowerSubject {
    /// The fault at every occasion, at the rarest rate that is found, and at the rate that is found half the time.
    ///
    /// - Parameters:
    ///   - certainty: of finding, above one half and below 1.
    ///   - trials: simulated diagnoses at each of two rates.
    ///   - diagnose: diagnoses a simulated PMU with these parameters and each of these seeds.
    func row(
        certainty: Double, trials: Int,
        diagnose: (_ parameters: String, _ seeds: Range<UInt64>) async throws -> [DiagnosisResult]
    ) async throws -> PowerRow {
        let always = try await diagnose(always, 1..<2)
        let estimate = estimate(always.first?.runs ?? [])
        var row = PowerRow(id: id, title: title, unit: unit, occasions: estimate.occasions)
        row.rarest = estimate.rarest(certainty: certainty)
        guard trials > 0, let rarest = row.rarest, let half = estimate.rarest(certainty: 0.5) else { return row }
        func made(_ parameters: String, at oneIn: UInt64, from seed: UInt64) async throws -> PowerRow.Trials {
            let results = try await diagnose(parameters, seed..<seed + UInt64(trials))
            return PowerRow.Trials(
                oneIn: oneIn, predicted: 1 - estimate.missProbability(oneIn: oneIn), made: results.count,
                found: results.count { !$0.findings.isEmpty }, calledFaulty: results.count { $0.verdict == .faulty })
        }
        row.atEvery = try await made(self.always, at: 1, from: 1)
        row.atRarest = try await made(rare(rarest), at: rarest, from: 1)
        row.atHalf = try await made(rare(half), at: half, from: 1_000_000)
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
