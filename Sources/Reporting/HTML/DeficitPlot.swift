import Diagnosis

/// Deficit over the number of PMIs, a dot for each counter of a run, with its line: a fault of the PMI has a slope.
enum DeficitPlot {
    static func figure(_ points: EvidencePoints) -> HTML? {
        let all = points.overflowing + points.bystanders + points.uninterrupted
        guard !points.overflowing.isEmpty || !points.bystanders.isEmpty else { return nil }
        let deficits = all.map(\.counts)
        let (least, greatest) = (deficits.min() ?? 0, deficits.max() ?? 0)
        let most = all.map(\.pmis).max() ?? 0
        let frame = PlotFrame(
            x: PlotRange(holding: 0, Double(max(1, most))),
            y: PlotRange(holding: Double(min(0, least)), Double(max(0, greatest))),
            xTitle: "PMIs of the run", yTitle: "branches missing from the run")
        var marks: [HTML] = []
        if let slope = points.slope { marks += line(slope, most: Double(most), frame) }
        marks += dots(points.uninterrupted, "dot none", frame)
        marks += dots(points.overflowing, "dot", frame)
        marks += dots(points.bystanders, "dot ring", frame)
        return PlotFigure.figure(
            id: "deficit", title: "Deficit over the number of PMIs", caption: caption(points), frame: frame,
            marks: marks)
    }

    private static func line(_ slope: (perPMI: Double, perRun: Double), most: Double, _ frame: PlotFrame) -> [HTML] {
        let (first, last) = (slope.perRun, slope.perRun + slope.perPMI * most)
        guard first.isFinite, last.isFinite else { return [] }
        // The fit may leave the plot at its ends; a drawing has no clip of its own here.
        func inside(_ value: Double) -> String { fixed(frame.down(min(max(value, frame.y.low), frame.y.high))) }
        return [
            """
            <path class="fit" d="M\(fixed(frame.across(0))) \(inside(first))\
            L\(fixed(frame.across(most))) \(inside(last))"/>

            """
        ]
    }

    /// Runs at the same place of the page are one dot.
    private static func dots(_ points: [EvidencePoints.Deficit], _ kind: String, _ frame: PlotFrame) -> [HTML] {
        var seen: Set<String> = []
        return points.compactMap { point in
            let (x, y) = (fixed(frame.across(Double(point.pmis))), fixed(frame.down(Double(point.counts))))
            return seen.insert("\(x) \(y)").inserted
                ? "<circle class=\"\(kind)\" cx=\"\(x)\" cy=\"\(y)\" r=\"\(kind == "dot ring" ? "5" : "3")\"/>\n" : nil
        }
    }

    private static func caption(_ points: EvidencePoints) -> String {
        var parts: [String] = []
        if !points.overflowing.isEmpty {
            parts.append("Filled: \(points.overflowing.count) counters that overflowed.")
        }
        if !points.bystanders.isEmpty {
            parts.append("Rings: \(points.bystanders.count) beside them that did not.")
        }
        if !points.uninterrupted.isEmpty {
            let runs = points.uninterrupted.count
            parts.append("At zero PMIs: \(Figures.counted(UInt64(runs), "run")) without a PMI of their own.")
        }
        if let text = points.slopeText { parts.append("The line: \(text).") }
        return parts.joined(separator: " ")
    }
}
