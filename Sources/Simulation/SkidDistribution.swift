import Glibc

/// How many branches retire between an overflow and its PMI.
public enum SkidDistribution: Codable, Hashable, Sendable {
    /// Always as many.
    case fixed(UInt64)
    /// Each number of the range as likely as any other.
    case uniform(low: UInt64, high: UInt64)
    /// Mostly short, rarely long, never above the largest: `largest` × u^k for u uniform in 0 to 1, with k chosen for
    /// the mean. Zen 2's 10^6 skids with mean 1496 and maximum 5043 are of this kind.
    case longTailed(mean: UInt64, largest: UInt64)

    /// The longest skid there can be, in branches.
    public var largest: UInt64 {
        switch self {
        case .fixed(let skid): skid
        case .uniform(_, let high): high
        case .longTailed(_, let largest): largest
        }
    }

    func draw(using draws: inout RandomDraws) -> UInt64 {
        switch self {
        case .fixed(let skid): return skid
        case .uniform(let low, let high): return draws.uniform(low, high)
        case .longTailed(let mean, let largest):
            let exponent = Double(largest) / Double(max(1, mean)) - 1
            return UInt64(Double(largest) * pow(draws.fraction(), exponent))
        }
    }
}

extension SkidDistribution: CustomStringConvertible {
    /// As it is written after `skid=`: "10", "5-40" or "tail:1496:5043".
    public var description: String {
        switch self {
        case .fixed(let skid): "\(skid)"
        case .uniform(let low, let high): "\(low)-\(high)"
        case .longTailed(let mean, let largest): "tail:\(mean):\(largest)"
        }
    }
}
