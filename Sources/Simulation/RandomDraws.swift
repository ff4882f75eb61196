import Glibc
import Measurement

/// Draws from a seed. Sums over many trials are drawn at once, so that a run costs its PMIs and not its branches.
struct RandomDraws {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// In 0 ..< 1, of 53 bits.
    mutating func fraction() -> Double { Double(generator.next() >> 11) * 0x1p-53 }

    /// Inclusive at both ends.
    mutating func uniform(_ low: UInt64, _ high: UInt64) -> UInt64 {
        low >= high ? low : UInt64.random(in: low...high, using: &generator)
    }

    /// Whether what happens once in so many times happens now; 0 is never, and draws nothing.
    mutating func happens(oneIn: UInt64) -> Bool {
        switch oneIn {
        case 0: false
        case 1: true
        default: UInt64.random(in: 0..<oneIn, using: &generator) == 0
        }
    }

    /// How often it happens in so many trials.
    mutating func hits(trials: UInt64, oneIn: UInt64) -> UInt64 {
        guard oneIn > 1, trials > 0 else { return oneIn == 1 ? trials : 0 }
        if trials <= 16 {
            var hits: UInt64 = 0
            for _ in 0..<trials where happens(oneIn: oneIn) { hits += 1 }
            return hits
        }
        let probability = 1 / Double(oneIn)
        let mean = Double(trials) * probability
        if mean < 30 { return min(trials, poisson(mean: mean)) }
        return min(trials, UInt64(max(0, (mean + (mean * (1 - probability)).squareRoot() * normal()).rounded())))
    }

    /// Events of a steady rate, of which so many are expected: Knuth's product below 30, and above it the normal
    /// distribution, which has come close enough by there.
    mutating func poisson(mean: Double) -> UInt64 {
        guard mean > 0 else { return 0 }
        guard mean < 30 else { return UInt64(max(0, (mean + mean.squareRoot() * normal()).rounded())) }
        let limit = exp(-mean)
        var product = fraction()
        var events: UInt64 = 0
        while product > limit {
            events += 1
            product *= fraction()
        }
        return events
    }

    /// The sum of so many draws from a range.
    mutating func sum(of count: UInt64, _ range: CountRange) -> UInt64 {
        if range.low == range.high { return count &* range.low }
        if count <= 64 {
            var sum: UInt64 = 0
            for _ in 0..<count { sum &+= uniform(range.low, range.high) }
            return sum
        }
        let width = Double(range.high - range.low + 1)
        let mean = Double(count) * Double(range.low + range.high) / 2
        let deviation = (Double(count) * (width * width - 1) / 12).squareRoot()
        let sum = (mean + deviation * normal()).rounded()
        return UInt64(min(max(sum, Double(count) * Double(range.low)), Double(count) * Double(range.high)))
    }

    /// Mean 0, deviation 1 (Box and Muller).
    private mutating func normal() -> Double {
        let radius = (-2 * log(1 - fraction())).squareRoot()
        return radius * cos(2 * Double.pi * fraction())
    }
}

/// A range of sizes, both ends included.
public struct CountRange: Codable, Hashable, Sendable, CustomStringConvertible {
    public var low: UInt64
    public var high: UInt64

    public init(_ low: UInt64, _ high: UInt64) {
        self.low = low
        self.high = max(low, high)
    }

    /// "2-4", or "3" where both ends are the same.
    public var description: String { low == high ? "\(low)" : "\(low)-\(high)" }
}
