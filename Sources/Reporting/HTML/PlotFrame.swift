/// Axes of a plot: where a value lies on the page, and the few round numbers that are written beside it. Units are those
/// of the drawing (SVG user units), whose width the page scales to its column.
struct PlotFrame {
    static let (width, height) = (480.0, 280.0)
    /// Room for the figures at the left and beneath.
    private static let (left, right, top, bottom) = (62.0, 14.0, 26.0, 52.0)
    /// Room between the axis and the first value, and after the last, for marks that are wider than a point.
    private static let padding = 14.0

    let x: PlotRange
    let y: PlotRange
    var xTitle: String
    var yTitle: String

    /// - Parameters:
    ///   - x: Values that must be seen.
    ///   - y: The same.
    init(x: PlotRange, y: PlotRange, xTitle: String, yTitle: String) {
        self.x = x
        self.y = y
        self.xTitle = xTitle
        self.yTitle = yTitle
    }

    func across(_ value: Double) -> Double {
        Self.left + Self.padding + x.share(value) * (Self.width - Self.left - Self.right - 2 * Self.padding)
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
        let (left, right) = (fixed(Self.left), fixed(Self.width - Self.right))
        let (floor, ceiling) = (down(y.low), down(y.high))
        var lines: [HTML] = y.ticks.map { tick in
            let height = down(tick)
            let kind: HTML = tick == 0 ? "zero" : "grid"
            return """
                <path class="\(kind)" d="M\(left) \(fixed(height))H\(right)"/>\
                <text class="tick" x="\(fixed(Self.left - 8))" y="\(fixed(height + 4))" text-anchor="end">\
                \(figure(tick))</text>

                """
        }
        lines += x.ticks.map { tick in
            """
            <text class="tick" x="\(fixed(across(tick)))" y="\(fixed(floor + 20))" text-anchor="middle">\
            \(figure(tick))</text>

            """
        }
        lines.append(
            """
            <text class="axis" x="\(right)" y="\(fixed(floor + 42))" text-anchor="end">\(xTitle)</text>
            <text class="axis" x="\(left)" y="\(fixed(ceiling - 12))">\(yTitle)</text>

            """)
        return lines
    }

    /// "1,500", "−20"; ticks are whole numbers, as counts are.
    private func figure(_ value: Double) -> String {
        guard value.magnitude < 9e15 else { return "\(value)" }
        return (value < 0 ? "\u{2212}" : "") + Figures.grouped(UInt64(value.magnitude))
    }
}

/// A coordinate to a tenth of a unit, finer than any screen shows it.
func fixed(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "0" }
    let tenths = Int64((value * 10).rounded())
    let fraction = tenths.magnitude % 10
    return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10)" + (fraction == 0 ? "" : ".\(fraction)")
}
