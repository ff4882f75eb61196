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

    /// Values in order. Losses and skids are many and lie close together, so they are counted rather than compared.
    static func sorted(_ values: [Int64]) -> [Int64] {
        guard let low = values.min(), let high = values.max(), high.subtractingReportingOverflow(low).overflow == false,
            high - low < values.count
        else { return values.sorted() }
        var occurrences = [Int](repeating: 0, count: Int(high - low) + 1)
        for value in values { occurrences[Int(value - low)] += 1 }
        return occurrences.enumerated().flatMap { repeatElement(low + Int64($0.offset), count: $0.element) }
    }

    /// The lower of the two middle values where their number is even, so that it is one of the values.
    static func median(of sorted: [Int64]) -> Int64? {
        sorted.isEmpty ? nil : sorted[(sorted.count - 1) / 2]
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

    /// Interval for the mean of values, by their standard error, with 99.9 % confidence. Nil for fewer than two values.
    static func meanInterval(of values: [Int64]) -> Interval? { meanInterval(ofRates: values.map(Double.init)) }

    /// The same for rates.
    static func meanInterval(ofRates values: [Double]) -> Interval? {
        guard values.count >= 2 else { return nil }
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        // The two-sided 99.9 % quantile of the normal distribution.
        let halfWidth = 3.2905 * (variance / count).squareRoot()
        return Interval(low: mean - halfWidth, high: mean + halfWidth, confidence: 0.999)
    }
}
