import Diagnosis

/// Loss so far over the PMIs of a run, a line for each run: what is lost at each PMI climbs, what is lost once does
/// not.
enum LossPlot {
    private static let mostLines = 400
    private static let mostPoints = 12_000

    static func figure(_ points: EvidencePoints) -> HTML? {
        let all = points.ledgers.filter { !$0.isEmpty }
        let rows = all.reduce(0) { $0 + $1.count }
        guard rows > 0 else { return nil }
        let losses = all.lazy.flatMap { $0 }.map(\.counts)
        let (least, greatest) = (losses.min() ?? 0, losses.max() ?? 0)
        let longest = all.lazy.compactMap { $0.last?.pmi }.max() ?? 1
        let frame = PlotFrame(
            x: PlotRange(holding: 0, Double(longest)),
            y: PlotRange(holding: Double(min(0, least)), Double(max(0, greatest))),
            xTitle: "PMI of its run", yTitle: "branches missing so far")
        let chosen = ThinnedLine.chosen(all, most: mostLines)
        let isDrawnWhole = chosen.reduce(0) { $0 + $1.count } <= mostPoints
        let drawn =
            isDrawnWhole ? chosen : chosen.map { ThinnedLine.thinned($0, most: mostPoints / chosen.count) }
        let caption = sentence(all.count, rows, least, greatest) + thinning(rows, drawn)
        return PlotFigure.figure(
            id: "loss", title: "Loss over the PMIs of a run", caption: caption, frame: frame,
            marks: lines(drawn, frame))
    }

    /// Runs of a kind often draw the very same line: once is enough.
    private static func lines(_ drawn: [[EvidencePoints.Loss]], _ frame: PlotFrame) -> [HTML] {
        var seen: Set<String> = []
        return drawn.compactMap { line in
            let places = line.map { point in
                "\(fixed(frame.across(Double(point.pmi)))) \(fixed(frame.down(Double(point.counts))))"
            }
            // A line of no length with round ends is a dot.
            let path = "M" + (places.count == 1 ? places + places : places).joined(separator: "L")
            return seen.insert(path).inserted ? "<path class=\"line\" d=\"\(path)\"/>\n" : nil
        }
    }

    private static func sentence(_ runs: Int, _ rows: Int, _ least: Int64, _ greatest: Int64) -> String {
        let what = "\(Figures.counted(UInt64(rows), "PMI")) in \(Figures.counted(UInt64(runs), "run"))"
        if least == 0, greatest == 0 { return "\(what): at none of them a branch was missing." }
        return "\(what): \(PlotFigure.range(least, greatest)) so far."
    }

    private static func thinning(_ rows: Int, _ drawn: [[EvidencePoints.Loss]]) -> String {
        let kept = drawn.reduce(0) { $0 + $1.count }
        guard kept < rows else { return "" }
        return " Drawn are \(Figures.grouped(UInt64(kept))) of the points, the least and the greatest of each stretch"
            + " among them; the JSON has all."
    }
}
