import Diagnosis
import Glibc

/// Axes of a plot: where a value lies on the page, and the few round numbers that are written beside it. Units are
/// those of the drawing (SVG user units), whose width the page scales to its column.
struct PlotFrame {
    static let (width, height) = (480.0, 280.0)
    private static let (top, bottom) = (26.0, 52.0)
    /// Room between the axis and the first value, and after the last, for marks that are wider than a point.
    private static let padding = 14.0

    /// What a digit takes at the largest size that the style sheet gives it, in the widest of its fonts.
    private static let digit = 10.4

    let x: PlotRange
    let y: PlotRange
    let xTitle: String
    let yTitle: String
    /// Room for the figures at the left, and for half of the last one beneath.
    private let left: Double
    private let right: Double

    /// - Parameters:
    ///   - x: Values that must be seen.
    ///   - y: The same.
    init(x: PlotRange, y: PlotRange, xTitle: String, yTitle: String) {
        self.x = x
        self.y = y
        self.xTitle = xTitle
        self.yTitle = yTitle
        left = Self.width(of: y) + 14
        right = max(14, Self.width(of: x) / 2 - Self.padding + 4)
    }

    /// Of the widest figure of an axis.
    private static func width(of range: PlotRange) -> Double {
        digit * Double(range.ticks.map { range.text($0).count }.max() ?? 1)
    }

    func across(_ value: Double) -> Double {
        left + Self.padding + x.share(value) * (Self.width - left - right - 2 * Self.padding)
    }

    func down(_ value: Double) -> Double {
        Self.height - Self.bottom - y.share(value) * (Self.height - Self.top - Self.bottom)
    }

    /// The whole drawing.
    ///
    /// - Parameters:
    ///   - id: Unique in the page.
    ///   - description: What is seen in it, for those who do not see it.
    ///   - marks: What is drawn between the axes.
    func svg(id: String, title: String, description: String, marks: [HTML]) -> HTML {
        """
        <svg viewBox="0 0 \(fixed(Self.width)) \(fixed(Self.height))" role="img" aria-labelledby="\(id)-t \(id)-d">
        <title id="\(id)-t">\(title)</title>
        <desc id="\(id)-d">\(description)</desc>
        \(grid)\(marks)</svg>

        """
    }

    private var grid: [HTML] {
        let (first, last) = (fixed(left), fixed(Self.width - right))
        let (floor, ceiling) = (down(y.low), down(y.high))
        var lines: [HTML] = y.ticks.map { tick in
            let height = down(tick)
            let kind: HTML = tick == 0 ? "zero" : "grid"
            return """
                <path class="\(kind)" d="M\(first) \(fixed(height))H\(last)"/>\
                <text class="tick" x="\(fixed(left - 8))" y="\(fixed(height + 4))" text-anchor="end">\
                \(y.text(tick, isUnsigned: true))</text>

                """
        }
        lines += Self.apart(x, by: (across(x.high) - across(x.low)) / Double(x.ticks.count - 1)).map { tick in
            """
            <text class="tick" x="\(fixed(across(tick)))" y="\(fixed(floor + 20))" text-anchor="middle">\
            \(x.text(tick))</text>

            """
        }
        lines.append(
            """
            <text class="axis" x="\(last)" y="\(fixed(floor + 42))" text-anchor="end">\(xTitle)</text>
            <text class="axis" x="\(first)" y="\(fixed(ceiling - 12))">\(yTitle)</text>

            """)
        return lines
    }

    /// Every tick, or every second one, and so on, so that none lies over its neighbour.
    private static func apart(_ range: PlotRange, by distance: Double) -> [Double] {
        let every = max(1, Int((width(of: range) / distance).rounded(.up)))
        return range.ticks.enumerated().filter { $0.offset % every == 0 }.map(\.element)
    }
}

/// A coordinate to a tenth of a unit, finer than any screen shows it.
func fixed(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "0" }
    let tenths = Int64((value * 10).rounded())
    let fraction = tenths.magnitude % 10
    return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10)" + (fraction == 0 ? "" : ".\(fraction)")
}

/// An axis from one round number to another, whole numbers both.
struct PlotRange: Equatable {
    let low: Double
    let high: Double
    /// Round numbers between them, both ends included.
    let ticks: [Double]
    /// Whether values are powers of ten, of which the ends and ticks are the exponents.
    private let isLogarithmic: Bool

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
        isLogarithmic = false
    }

    /// An axis of powers of ten: from a little below 1, so that a single one is seen, to the first power that holds all.
    init(powersOfTenUpTo most: UInt64) {
        var exponent = 1.0
        while exponent < Self.power(of: most) { exponent += 1 }
        low = -0.35
        high = exponent
        ticks = (0...Int(exponent)).map(Double.init)
        isLogarithmic = true
    }

    /// Where such an axis has a value; at least 1.
    static func power(of value: UInt64) -> Double { log10(Double(max(1, value))) }

    /// What is written beside a tick: "1,500", "−20". Ticks are whole numbers, as counts are.
    func text(_ tick: Double, isUnsigned: Bool = false) -> String {
        guard tick.magnitude < 9e15 else { return "\(tick)" }
        if isLogarithmic { return Figures.grouped((0..<Int(tick)).reduce(1) { power, _ in power &* 10 }) }
        return (tick < 0 && !isUnsigned ? "\u{2212}" : "") + Figures.grouped(UInt64(tick.magnitude))
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

/// What all plots share: a heading, the drawing, and a sentence that says what is seen in it.
enum PlotFigure {
    static func figure(id: String, title: String, caption: String, frame: PlotFrame, marks: [HTML]) -> HTML {
        """
        <figure>
        <h3>\(title)</h3>
        \(frame.svg(id: id, title: title, description: caption, marks: marks))\
        <figcaption>\(caption)</figcaption>
        </figure>

        """
    }

}

/// The upright axis of a plot of losses. A size has no sign: where branches were gained and none lost, it shows gains.
struct LossScale {
    let least: Int64
    let greatest: Int64

    init(_ losses: some Sequence<Int64>) {
        (least, greatest) = losses.reduce((0, 0)) { (min($0.0, $1), max($0.1, $1)) }
    }

    private var isOfGains: Bool { least < 0 && greatest == 0 }

    /// What the axis shows: "branches lost so far".
    func title(_ rest: String) -> String {
        let what = isOfGains ? "gained" : least < 0 ? "lost (above 0) or gained (below)" : "lost"
        return "branches \(what)\(rest)"
    }

    func height(_ loss: Int64) -> Double { isOfGains ? -Double(loss) : Double(loss) }
    var low: Double { min(height(least), height(greatest)) }
    var high: Double { max(height(least), height(greatest)) }
    var range: PlotRange { PlotRange(holding: low, high) }
}
