/// The little statistics that a diagnosis needs: they say how sure it is, never whether counts are equal.
enum Statistics {
    /// A line y = intercept + slope × x through points, by least squares.
    struct Line: Equatable {
        var slope: Double
        var intercept: Double
    }

    /// Nil unless there are at least two different x.
    static func line(through points: [(x: Double, y: Double)]) -> Line? {
        guard points.count >= 2 else { return nil }
        let count = Double(points.count)
        let meanX = points.reduce(0) { $0 + $1.x } / count
        let meanY = points.reduce(0) { $0 + $1.y } / count
        let spread = points.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
        guard spread > 0 else { return nil }
        let slope = points.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) } / spread
        return Line(slope: slope, intercept: meanY - slope * meanX)
    }

    /// The rate above which n trials without a hit are less likely than 5 %: the "rule of three",
    /// Hanley and Lippman-Hand, JAMA 249 (1983) 1743.
    static func ruleOfThree(trials: UInt64) -> Double? {
        trials == 0 ? nil : 3 / Double(trials)
    }

    /// How likely it is that all of so many runs, drawn without choice from so many, fall into a part of them: the
    /// hypergeometric distribution's first term.
    static func chanceOfFalling(_ drawn: Int, into part: Int, of all: Int) -> Double {
        guard drawn <= part else { return 0 }
        return (0..<drawn).reduce(1) { $0 * Double(part - $1) / Double(all - $1) }
    }

    /// Less likely than this, a coincidence is not taken for one.
    static let coincidence = 0.001

    /// Wilson's score interval for a share, with 95 % confidence. It stays within 0 and 1, and is right for the few
    /// that a rare fault affects.
    static func shareInterval(_ affected: UInt64, of all: UInt64) -> Interval {
        // The two-sided 95 % quantile of the normal distribution.
        let quantile = 1.959964
        let count = Double(max(1, all))
        let share = Double(affected) / count
        let width = quantile * quantile / count
        let middle = (share + width / 2) / (1 + width)
        let half = quantile * (share * (1 - share) / count + width / (4 * count)).squareRoot() / (1 + width)
        return Interval(
            low: affected == 0 ? 0 : max(0, middle - half), high: affected == all ? 1 : min(1, middle + half),
            confidence: 0.95)
    }
}
