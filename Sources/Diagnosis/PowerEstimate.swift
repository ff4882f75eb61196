import Glibc

/// How rare a fault may be for a plan of runs to find it: probabilities from the number of occasions in its runs.
///
/// A fault that strikes one occasion in N, each by itself, spares all of n occasions with probability (1 - 1/N)^n. A
/// diagnosis finds it if it strikes once: a single branch in a single run is a finding. To call the machine faulty, it
/// has to see it again, which no formula here speaks of.
public struct PowerEstimate: Sendable, Hashable {
    /// Occasions of the whole plan.
    public var occasions: UInt64

    public init(occasions: UInt64) { self.occasions = occasions }

    /// The probability that a fault of this rate is not found.
    /// - Parameter oneIn: at least 1.
    public func missProbability(oneIn: UInt64) -> Double {
        guard occasions > 0 else { return 1 }
        return oneIn <= 1 ? 0 : exp(Double(occasions) * log1p(-1 / Double(oneIn)))
    }

    /// The largest N for which a fault at one occasion in N is found with this certainty; nil where there is no
    /// occasion.
    /// - Parameter certainty: above 0 and below 1.
    public func rarest(certainty: Double) -> UInt64? {
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
