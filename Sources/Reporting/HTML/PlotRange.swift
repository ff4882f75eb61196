/// An axis from one round number to another, whole numbers both.
struct PlotRange: Equatable {
    let low: Double
    let high: Double
    /// Round numbers between them, both ends included.
    let ticks: [Double]

    /// The shortest axis with at most so many steps that holds both values.
    init(holding first: Double, _ second: Double, steps: Int = 5) {
        var (low, high) = (min(first, second), max(first, second))
        // A single value lies in the middle: a flat line must be seen to be flat.
        if low == high {
            let margin = max(1, low.magnitude / 1000)
            (low, high) = (low - margin, high + margin)
        }
        var step = Self.step((high - low) / Double(steps))
        // Rounding both ends outwards may need a step more than was asked for.
        while (high / step).rounded(.up) - (low / step).rounded(.down) > Double(steps) { step = Self.step(step * 1.01) }
        self.low = (low / step).rounded(.down) * step
        self.high = (high / step).rounded(.up) * step
        let (from, count) = (self.low, Int(((self.high - self.low) / step).rounded()))
        ticks = (0...max(1, count)).map { from + Double($0) * step }
    }

    /// 1, 2 or 5 times a power of ten, no less than that and no less than one count.
    private static func step(_ least: Double) -> Double {
        var power = 1.0
        while true {
            for factor in [1.0, 2, 5] where factor * power >= least { return factor * power }
            power *= 10
        }
    }

    /// 0 at the low end, 1 at the high one.
    func share(_ value: Double) -> Double { (value - low) / (high - low) }
}
